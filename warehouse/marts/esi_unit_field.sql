-- 各现行单位在各学科的高被引贡献及其占全校的份额（全计数：合作论文各单位各计一次，份额之和可超过 100 %）
-- grain: one row per period, unit_id, esi_field
-- needs: esi_paper, esi_paper_unit
-- 分母 < 5 不给份额（share_status = 'suppressed'），5–9 标明样本小（low_n）
with members as (
    select
        period,
        paper_key,
        esi_field,
        esi_field_zh
    from marts.esi_paper
    where list_kind = 'highly_cited' and is_member
),

university as (
    select
        period,
        esi_field,
        count(*) as university_highly_cited_count
    from members
    group by period, esi_field
),

units as (
    select
        papers.period,
        papers.current_unit_id as unit_id,
        members.esi_field,
        any_value(members.esi_field_zh) as esi_field_zh,
        count(distinct papers.paper_key) as highly_cited_count,
        count(distinct papers.paper_key) filter (where papers.leads = 'yes') as led_highly_cited_count
    from marts.esi_paper_unit as papers
    inner join members on papers.period = members.period and papers.paper_key = members.paper_key
    where papers.list_kind = 'highly_cited' and papers.current_unit_id is not null
    group by papers.period, papers.current_unit_id, members.esi_field
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
