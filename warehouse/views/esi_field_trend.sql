-- 本校各学科位次的历期走势（供分析者直接看）
-- grain: one row per esi_field, period
select
    esi_field,
    esi_field_zh,
    period,
    rank,
    institutions_count,
    position_percent,
    citations_count,
    institution_threshold,
    threshold_ratio
from marts.esi_field_position
where status = 'listed'
order by esi_field, period
