"""What `breakd doctor` looks at: a function for each part, which gives findings; `table` lists them."""
