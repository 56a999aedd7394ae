-- 每期名单相对上一归档期的变化：新增、重新入选、持续、掉出及掉出原因
-- grain: one row per period, list_kind, paper_key
-- needs: esi_own_paper, esi_release, citations
-- 第一个归档期没有可比的上一期，change = 'first_period'，不算新增
with members as (
    select
        period,
        list_kind,
        paper_key
    from indicators.esi_own_paper
),

first_seen as (
    select
        list_kind,
        paper_key,
        min(period) as first_period
    from members
    group by list_kind, paper_key
),

present as (
    select
        members.period,
        members.list_kind,
        members.paper_key,
        releases.previous_period,
        members.period as data_period,
        true as is_member,
        case
            when releases.previous_period is null then 'first_period'
            when before.paper_key is not null then 'steady'
            when first_seen.first_period < members.period then 're-entered'
            else 'new'
        end as change
    from members
    inner join indicators.esi_release as releases
        on members.period = releases.period and members.list_kind = releases.list_kind
    inner join first_seen
        on members.list_kind = first_seen.list_kind and members.paper_key = first_seen.paper_key
    left join members as before
        on
            releases.previous_period = before.period
            and members.list_kind = before.list_kind
            and members.paper_key = before.paper_key
),

dropped as (
    select
        releases.period,
        releases.list_kind,
        before.paper_key,
        releases.previous_period,
        releases.previous_period as data_period,
        false as is_member,
        'dropped' as change
    from indicators.esi_release as releases
    inner join members as before
        on releases.previous_period = before.period and releases.list_kind = before.list_kind
    left join members as present_members
        on
            releases.period = present_members.period
            and releases.list_kind = present_members.list_kind
            and before.paper_key = present_members.paper_key
    where present_members.paper_key is null
),

papers_with_journal as (
    select
        documents.period,
        documents.accession_number,
        documents.esi_field,
        coalesce(works.journal_id, works.issn, works.eissn) as journal
    from lake.esi_listed as documents
    inner join lake.clusters as clusters on clusters.record_id = 'wos:' || documents.accession_number
    inner join lake.works as works on clusters.work_id = works.work_id
),

journal_fields as (
    select
        period,
        journal,
        min(esi_field) as esi_field
    from papers_with_journal
    where journal is not null
    group by period, journal
    having count(distinct esi_field) = 1 and count(distinct accession_number) >= 2
),

listed as (
    select
        period,
        list_kind,
        accession_number,
        any_value(esi_field) as esi_field
    from lake.esi_listed
    group by period, list_kind, accession_number
),

elsewhere as (
    select
        period,
        accession_number,
        any_value(esi_field) as esi_field
    from listed
    group by period, accession_number
),

examined as (
    select
        dropped.period,
        dropped.list_kind,
        dropped.paper_key,
        papers.publication_year,
        papers.citations_esi_count,
        releases.window_from,
        releases.window_to,
        coalesce(works.is_retracted, false) as is_retracted,
        listed.accession_number is not null as is_still_listed,
        coalesce(
            elsewhere.esi_field,
            case when journals_before.esi_field = papers.esi_field then journal_fields.esi_field end
        ) as new_field,
        papers.esi_field as old_field,
        thresholds.threshold_value,
        citations.value as citations_wos_count
    from dropped
    inner join indicators.esi_own_paper as papers
        on
            dropped.data_period = papers.period
            and dropped.list_kind = papers.list_kind
            and dropped.paper_key = papers.paper_key
    inner join indicators.esi_release as releases
        on dropped.period = releases.period and dropped.list_kind = releases.list_kind
    left join lake.works as works on papers.work_id = works.work_id
    left join listed
        on
            dropped.period = listed.period
            and dropped.list_kind = listed.list_kind
            and papers.accession_number = listed.accession_number
    left join elsewhere
        on dropped.period = elsewhere.period and papers.accession_number = elsewhere.accession_number
    left join journal_fields
        on
            dropped.period = journal_fields.period
            and coalesce(works.journal_id, works.issn, works.eissn) = journal_fields.journal
    left join journal_fields as journals_before
        on
            dropped.data_period = journals_before.period
            and journal_fields.journal = journals_before.journal
    left join lake.esi_thresholds as thresholds
        on
            dropped.period = thresholds.period
            and papers.esi_field = thresholds.esi_field
            and thresholds.threshold_kind = 'highly_cited'
            and papers.publication_year = thresholds.threshold_year
    left join indicators.citations as citations
        on papers.work_id = citations.work_id and citations.metric = 'citations_wos_core'
),

reasons as (
    select
        period,
        list_kind,
        paper_key,
        threshold_value as threshold_now,
        citations_wos_count,
        new_field,
        case
            when list_kind != 'hot' and publication_year < year(window_from) then 'window'
            when list_kind = 'hot' and publication_year < year(window_to) - 2 then 'window'
            when is_retracted then 'retracted'
            when is_still_listed then 'attribution'
            when new_field != old_field then 'field_moved'
            when list_kind = 'highly_cited' and citations_esi_count < threshold_value then 'below_threshold'
            when list_kind = 'highly_cited' and citations_wos_count < threshold_value then 'below_threshold'
            else 'unknown'
        end as drop_reason
    from examined
)

select
    present.*,
    cast(null as varchar) as drop_reason,
    cast(null as double) as threshold_now,
    cast(null as varchar) as new_field
from present
union all
select
    dropped.*,
    reasons.drop_reason,
    reasons.threshold_now,
    reasons.new_field
from dropped
inner join reasons
    on
        dropped.period = reasons.period
        and dropped.list_kind = reasons.list_kind
        and dropped.paper_key = reasons.paper_key
