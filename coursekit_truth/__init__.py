"""The truth behind `coursekit`: oracle columns and best possible scores. Only the checker's child ever holds it."""
