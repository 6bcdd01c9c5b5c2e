"""What Typst sets: pages of a redline or report as PDF, and cards as pictures."""
