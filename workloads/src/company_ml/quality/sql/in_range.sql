-- Values of a numeric column within bounds; a bound that is NULL does not bind.
SELECT
  count(*) AS rows,
  count(IDENTIFIER(:column)) AS present,
  count_if(
    IDENTIFIER(:column) >= coalesce(CAST(:minimum AS DOUBLE), CAST('-Infinity' AS DOUBLE))
    AND IDENTIFIER(:column) <= coalesce(CAST(:maximum AS DOUBLE), CAST('Infinity' AS DOUBLE))
  ) AS inside
FROM IDENTIFIER(:table)
