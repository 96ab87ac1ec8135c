"""Who is who: the posts of each pathway at each hospital, and where one is vacant."""
