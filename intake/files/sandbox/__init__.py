"""What runs in the process that opens a stranger's file. It imports nothing of Intake."""
