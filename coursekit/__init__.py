"""Data and small tools that learners import. Without the truth behind the data: that lies in `coursekit_truth`, on the checker's side."""
