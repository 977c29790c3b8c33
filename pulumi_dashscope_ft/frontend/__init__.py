"""What both front ends need and neither owns: accounts and their connections, and text that may be shown to people."""
