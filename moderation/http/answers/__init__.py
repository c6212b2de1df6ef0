"""The shapes of our answers, for the document and for the tests that hold every answer against it.

What is sent is built in `shapes.py` and the like; nothing beyond these fields leaves.
"""
