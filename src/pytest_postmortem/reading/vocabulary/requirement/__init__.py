"""The explicit test requirement of an action item: its words and flags, node ids, and several of them as one."""
