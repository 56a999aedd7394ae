-- 对账平衡：申报一侧各类之和等于申报数，本库一侧已报与未报之和等于本库应有数
-- grain: one row per side, item
-- needs: claim_reconciliation
with claims as (
    select
        'claims' as side,
        category as item,
        category_zh as item_zh,
        count(*) as count
    from marts.claim_reconciliation
    where claim_number is not null
    group by category, category_zh
),

library_rows as (
    select
        case when category = 'library_only' then 'library_only' else 'claimed' end as item,
        case when category = 'library_only' then '库有未报' else '已有申报' end as item_zh,
        count(distinct work_id || ' ' || person_id) as count
    from marts.claim_reconciliation
    where is_library_row
    group by all
)

select * from claims
union all
select
    'library' as side,
    item,
    item_zh,
    count
from library_rows
