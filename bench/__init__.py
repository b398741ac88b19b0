"""How fast Floyd is: a load driver that plays Twilio's side against Floyd's real processes."""
