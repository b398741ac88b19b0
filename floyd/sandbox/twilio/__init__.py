"""Twilio's stand-in: its REST API, webhooks, TwiML and media streams on their real wires."""
