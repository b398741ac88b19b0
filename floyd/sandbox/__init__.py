"""A phone world on your own machine: stand-ins for Twilio, Google and OpenAI, and people to call.

Texts and requests come in on the services' own wire protocols, and the same protocols go out.
Nothing here imports the rest of floyd, and no wire carries a hint of the scenario.
"""
