-- severity: warn
-- 最近一期超过 2 % 的本校高被引论文未归到学院：请补投这些论文的 WoS 记录，或在地址复核表中裁定
with latest as (
    select
        paper_key,
        bool_and(unit_id = 'unresolved') as is_unresolved
    from marts.esi_paper_unit
    where
        list_kind = 'highly_cited'
        and period = (
            select max(period) from indicators.esi_release
            where list_kind = 'highly_cited'
        )
    group by paper_key
),

shared as (
    select
        *,
        avg(case when is_unresolved then 1.0 else 0.0 end) over () as unresolved_share
    from latest
)

select
    paper_key,
    unresolved_share
from shared
where is_unresolved and unresolved_share > 0.02
