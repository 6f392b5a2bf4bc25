"""What is signed, frozen or locked."""
