-- 本校 ESI 总体位次（全部学科合计）的历期走势：与去年同期比较才可直接说升降
-- grain: one row per period
-- needs: esi_field_position
select
    period,
    status,
    rank,
    documents_count,
    citations_count,
    citations_per_paper,
    top_papers_count,
    same_season_period,
    same_season_rank,
    -- 位次数字变小为上升：正数为上升的位数
    same_season_rank - rank as places_gained,
    previous_period,
    is_comparable_previous,
    case when is_comparable_previous then previous_rank - rank end as places_gained_since_previous
from marts.esi_field_position
where esi_field = 'ALL'
