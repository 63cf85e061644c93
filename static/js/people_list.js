// The list of people: names open cards.

import { openCards } from "./name_links.js";

openCards();
