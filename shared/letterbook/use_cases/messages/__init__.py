"""What is done to a communication: composed, logged, amended, sent again, cancelled."""
