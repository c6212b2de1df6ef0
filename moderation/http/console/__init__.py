"""The moderators' desk: pages over the same services as the API, for people who sign in."""
