"""What is true: frozen dataclasses and plain functions, without clocks or I/O."""
