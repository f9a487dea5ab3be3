"""What people have seen of GPUs since the table was collected: prices, marks and powers, each with its date."""
