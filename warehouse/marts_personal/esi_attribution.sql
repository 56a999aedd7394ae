-- ESI 论文归属学院：当期首次发布时冻结的说法，与按今天字典和核对的说法并列
-- grain: one row per period, list_kind, accession_number, unit_id
-- needs: esi_paper_college
-- status: unchanged 一致 | added 后来增加 | withdrawn 后来去掉 | lead_changed 主导改变 | not_published 本期尚未发布过
with first_said as (
    select
        period,
        list_kind,
        accession_number,
        unit_id,
        leads,
        build_id
    from library.lake.esi_attributions
    where attribution_number = 1
),

published as (
    select
        period,
        any_value(build_id) as build_id,
        max(attribution_number) as versions_count
    from library.lake.esi_attributions
    group by period
),

today as (
    select distinct
        period,
        list_kind,
        accession_number,
        unit_id,
        leads
    from marts.esi_paper_college
    where is_member
),

both_said as (
    select
        coalesce(today.period, first_said.period) as period,
        coalesce(today.list_kind, first_said.list_kind) as list_kind,
        coalesce(today.accession_number, first_said.accession_number) as accession_number,
        coalesce(today.unit_id, first_said.unit_id) as unit_id,
        first_said.leads as leads_first,
        today.leads as leads_today,
        first_said.unit_id is not null as was_said,
        today.unit_id is not null as is_said
    from today
    full join first_said
        on
            today.period = first_said.period
            and today.list_kind = first_said.list_kind
            and today.accession_number = first_said.accession_number
            and today.unit_id = first_said.unit_id
)

select
    both_said.period,
    both_said.list_kind,
    both_said.accession_number,
    both_said.unit_id,
    both_said.leads_first,
    both_said.leads_today,
    case
        when published.period is null then 'not_published'
        when not both_said.was_said then 'added'
        when not both_said.is_said then 'withdrawn'
        when coalesce(both_said.leads_first, '') != coalesce(both_said.leads_today, '') then 'lead_changed'
        else 'unchanged'
    end as status,
    published.build_id as first_build_id,
    published.versions_count
from both_said
left join published on both_said.period = published.period
