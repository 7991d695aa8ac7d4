"""Reports by e-mail: the week's overview, and what a campaign came to."""
