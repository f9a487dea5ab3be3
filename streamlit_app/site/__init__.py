"""What makes pages a site: where each lies, the bar above them, what a visitor carries along."""
