"""What is drawn: workflows, and a year's load, as SVG. Pure: values in, text out."""
