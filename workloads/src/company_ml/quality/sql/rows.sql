-- Rows of a table.
SELECT count(*) AS rows FROM IDENTIFIER(:table)
