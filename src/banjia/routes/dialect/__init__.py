"""The dialect: what departs from OpenAI on the wire, as data and as pure functions."""
