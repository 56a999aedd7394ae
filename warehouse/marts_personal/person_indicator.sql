-- 通用指标行（本校教职工，不含在读学生）：只供评审参考，不作为唯一依据；不按分数排序，不同方向的人不相比
-- grain: one row per person_id, window_id, indicator_id, counting
-- needs: person_h, person_interval, person_total
select
    rows.entity_id as person_id,
    definitions.name_zh as indicator_zh,
    rows.* exclude (entity_id)
from library.main.entity_indicator('marts.person_total', 'marts.person_h', 'marts.person_interval') as rows
inner join library.lake.indicators_dictionary as definitions on rows.indicator_id = definitions.indicator_id
where rows.counting != 'frac_org'
