-- 各现行学院在各学科的高被引贡献与占全校的份额（含凭名册归院的；全计数，份额之和可超过 100 %）
-- grain: one row per period, unit_id, esi_field
-- needs: esi_paper_college
-- 分母 < 5 不给份额（share_status = 'suppressed'），5–9 标明样本小（low_n）
with university as (
    select
        period,
        esi_field,
        count(*) as university_highly_cited_count
    from library.marts.esi_paper
    where list_kind = 'highly_cited' and is_member
    group by period, esi_field
),

units as (
    select
        period,
        unit_id,
        esi_field,
        any_value(esi_field_zh) as esi_field_zh,
        count(*) as highly_cited_count,
        count(*) filter (where leads = 'yes') as led_highly_cited_count
    from marts.esi_paper_college
    where list_kind = 'highly_cited' and is_member
    group by period, unit_id, esi_field
)

select
    units.period,
    units.unit_id,
    units.esi_field,
    units.esi_field_zh,
    units.highly_cited_count,
    units.led_highly_cited_count,
    university.university_highly_cited_count,
    case
        when university.university_highly_cited_count >= 5
            then units.highly_cited_count / university.university_highly_cited_count
    end as share,
    case
        when university.university_highly_cited_count < 5 then 'suppressed'
        when university.university_highly_cited_count < 10 then 'low_n'
        else 'ok'
    end as share_status
from units
inner join university on units.period = university.period and units.esi_field = university.esi_field
