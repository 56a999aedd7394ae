-- severity: warn
-- 地址判到了单位名册里没有的单位，这些作品不会计入任何学院：请在单位名册或 units.csv 中补上
select
    matches.unit_id,
    count(*) as addresses_count,
    min(matches.address) as example,
    matches.unit_id || '：' || count(*) || ' 个地址，例如 ' || min(matches.address) as words
from lake.affiliation_matches as matches
left join lake.units as units on matches.unit_id = units.unit_id
where matches.unit_id is not null and matches.decision = 'match' and units.unit_id is null
group by matches.unit_id
order by matches.unit_id
