"""What is true: typed questions, their answers, and where each answer came from."""
