-- ESI 各学科名单的 1‰ 与万分之一：n_f 行的名单是前 1 % 的机构，故位次 ≤ floor(n_f/10) 为前 1‰，≤ floor(n_f/100) 为前万分之一
-- grain: one row per period, esi_field
-- 阈值 = 该位次机构的被引频次；名单不全（行数少于最大位次）的没有这一行
with lists as (
    select
        period,
        esi_field,
        count(*) as institutions_count,
        max(rank) as last_rank
    from lake.esi_institutions
    where esi_field != 'ALL'
    group by period, esi_field
),

whole as (
    select
        period,
        esi_field,
        institutions_count,
        cast(floor(institutions_count / 10) as bigint) as permille_rank,
        cast(floor(institutions_count / 100) as bigint) as per_ten_thousand_rank
    from lists
    where last_rank <= institutions_count
)

select
    whole.period,
    whole.esi_field,
    whole.institutions_count,
    whole.permille_rank,
    whole.per_ten_thousand_rank,
    -- 并列时取位次不超过界线的最后一所
    min(institutions.citations_count) filter (where institutions.rank <= whole.permille_rank) as permille_threshold,
    min(institutions.citations_count) filter (
        where institutions.rank <= whole.per_ten_thousand_rank
    ) as per_ten_thousand_threshold
from whole
inner join lake.esi_institutions as institutions
    on whole.period = institutions.period and whole.esi_field = institutions.esi_field
group by all
