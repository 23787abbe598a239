"""What runs in the sandboxed children: the learner's notebook in one, the lesson's checks in another."""
