-- 作品的参考文献：总数、认出期刊的数、认出率；够不够算多样性
-- grain: one row per work_id
-- 需认出 10 条以上且认出率 ≥ 60 %，否则不算（suppressed）；没有参考文献的作品不在此表
select
    work_id,
    sum(references_weight) as references_count,
    coalesce(sum(references_weight) filter (where subject_category is not null), 0) as matched_count,
    coalesce(sum(references_weight) filter (where subject_category is not null), 0) / sum(references_weight)
        as matched_share,
    coalesce(sum(references_weight) filter (where subject_category is not null), 0) >= 10
    and coalesce(sum(references_weight) filter (where subject_category is not null), 0) >= 0.6 * sum(references_weight)
        as is_enough
from lake.reference_categories
group by work_id
