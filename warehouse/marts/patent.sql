-- 专利：每件公开文献的著录、同族、法律状态、剩余年限，是否本校（申请人或现专利权人）
-- grain: one row per patent_id
-- 法律状态取各平台最新一次导出；历次变化见 lake.patent_events（首次见到的日期；早于上次导出而那时没有的为迟到数据）。不由沉默推断失效
-- remaining_years 只给有效的：申请日 + 发明 20 年、实用新型 10 年、外观设计 15 年（2021-06-01 以前申请的 10 年）；未计期限补偿
with parties as (
    select
        patent_id,
        string_agg(coalesce(name_native, name), '；' order by party_position) filter (where party_role = 'applicant')
            as applicants,
        string_agg(coalesce(name_native, name), '；' order by party_position)
        filter (where party_role = 'assignee_current') as assignees,
        count(*) filter (where party_role = 'inventor') as inventors_count
    from lake.patent_parties
    group by patent_id
),

own as (
    select
        parties.patent_id,
        min(matches.unit_id) as unit_id,
        bool_or(parties.party_role = 'applicant') as is_own_applicant
    from lake.patent_parties as parties
    inner join lake.party_matches as matches
        on matches.decision = 'match' and matches.address in (parties.name, parties.name_native)
    inner join lake.institutions_dictionary as institutions
        on matches.institution_id = institutions.institution_id and institutions.kind = 'own'
    where parties.party_role in ('applicant', 'assignee_current')
    group by parties.patent_id
),

classes as (
    select
        patent_id,
        coalesce(
            min(class_code) filter (where is_main), arg_min(class_code, class_position)
        ) as ipc_main,
        list_sort(list(distinct left(class_code, 4))) as ipc_subclasses
    from lake.patent_classes
    where class_scheme = 'ipc'
    group by patent_id
),

dates as (
    select max(left(delivered_at, 10)) as as_of
    from lake.patents
),

terms as (
    select
        patents.patent_id,
        case
            when patents.patent_type = 'invention' then 20
            when patents.patent_type = 'utility' then 10
            when patents.patent_type = 'design' and patents.authority = 'CN'
                then case when patents.application_date >= '2021-06-01' then 15 else 10 end
        end as years
    from lake.patents as patents
)

select
    patents.patent_id,
    patents.application_id,
    kin.simple_kin_id,
    kin.extended_kin_id,
    kin.twin_application_id,
    patents.simple_family_id,
    patents.extended_family_id,
    patents.platforms,
    patents.authority,
    patents.kind_code,
    patents.is_grant,
    patents.patent_type,
    patents.title,
    parties.applicants,
    parties.assignees,
    own.patent_id is not null as is_own,
    own.unit_id,
    parties.inventors_count,
    patents.application_date,
    patents.published_date,
    patents.grant_date,
    coalesce(patents.legal_status, 'unknown') as legal_status,
    patents.legal_status_raw,
    patents.status_as_of,
    case
        when patents.legal_status = 'granted_active'
            then greatest(
                date_diff(
                    'day',
                    cast(dates.as_of as date),
                    try_cast(patents.application_date as date) + to_years(cast(terms.years as integer))
                ) / 365.25, 0
            )
    end as remaining_years,
    classes.ipc_main,
    classes.ipc_subclasses,
    patents.claims_count,
    patents.cited_by_count,
    patents.url
from lake.patents as patents
cross join dates
left join terms on patents.patent_id = terms.patent_id
left join lake.patent_kin as kin on patents.application_id = kin.application_id
left join parties on patents.patent_id = parties.patent_id
left join own on patents.patent_id = own.patent_id
left join classes on patents.patent_id = classes.patent_id
