"""What every resource of the API shares: how it is asked, what it refuses and how, and one base for all of them."""
