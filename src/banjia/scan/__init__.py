"""What is used: walk, rules, inventory."""
