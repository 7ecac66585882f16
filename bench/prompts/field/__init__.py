"""Field: a third set in voices of their own, with persons of many origins; its figures are told by kind of voice."""
