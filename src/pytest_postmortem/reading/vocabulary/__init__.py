"""Every word of a natural language, and the readers of single values: dates, people, statuses, tickets, titles, ids."""
