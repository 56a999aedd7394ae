-- 收录：每件本校作品被哪些库收录，属于哪个分库；收录属于记录，刊物后来被剔除不影响
-- grain: one row per work_id, index_code
-- needs: venue_rank_year, work_venue
-- WoS 分库取记录所写；未写的（约 2022 年以前）凭该出版年的 JCR 名单，再没有则为 wos_edition_unknown。ESCI 不是 SCI
-- EI 只算有 Compendex 入藏号的记录，期刊与会议分开；在编（articles in press）与预印本、Inspec 等其他库不算
-- CSSCI、CSCD、北大核心：库中有其记录，或出版年的名单中有该刊（basis = 'list'）
with records as (
    select
        clusters.work_id,
        records.record_id,
        records.source,
        records.accession_number,
        records.index_editions,
        records.document_type,
        coalesce(records.is_early_access, false) as is_early_access
    from lake.records as records
    inner join lake.clusters as clusters on records.record_id = clusters.record_id
    inner join indicators.work_venue as works on clusters.work_id = works.work_id
),

codes as (
    select
        listed.word,
        listed.index_code
    from (
        values
        ('SCI-EXPANDED', 'scie'), ('SCIE', 'scie'), ('SSCI', 'ssci'), ('A&HCI', 'ahci'), ('AHCI', 'ahci'),
        ('CPCI-S', 'cpci_s'), ('ISTP', 'cpci_s'), ('CPCI-SSH', 'cpci_ssh'), ('ISSHP', 'cpci_ssh'),
        ('ESCI', 'esci'), ('BKCI-S', 'bkci'), ('BKCI-SSH', 'bkci'), ('CCR-EXPANDED', 'ccr'), ('IC', 'ic')
    ) as listed (word, index_code)
),

core as (
    select
        *,
        list_transform(string_split(coalesce(index_editions, ''), ';'), lambda word: upper(trim(word))) as words
    from records
    where source = 'wos' and accession_number like 'WOS:%'
),

stated as (
    select
        core.work_id,
        codes.index_code,
        core.record_id
    from core, unnest(core.words) as said (word)
    inner join codes on said.word = codes.word
),

listed_editions as (
    select
        works.work_id,
        ranks.index_editions
    from indicators.work_venue as works
    inner join indicators.venue_rank_year as ranks
        on
            works.venue_number = ranks.venue_number
            and works.publication_year = ranks.publication_year
            and ranks.rank_scheme = 'jcr'
    where ranks.status in ('ranked', 'listed') and ranks.policy = 'publication_year'
),

by_list as (
    select distinct
        core.work_id,
        codes.index_code,
        core.record_id
    from core
    inner join listed_editions on core.work_id = listed_editions.work_id
    cross join unnest(string_split_regex(upper(listed_editions.index_editions), '\s*[;；,]\s*')) as said (word)
    inner join codes on said.word = codes.word
    where core.work_id not in (select work_id from stated) and core.document_type in ('article', 'review')
),

known as (
    select work_id from stated
    union all
    select work_id from by_list
),

unknown as (
    select distinct
        work_id,
        'wos_edition_unknown' as index_code,
        record_id
    from core
    where work_id not in (select work_id from known)
),

engineering as (
    select
        work_id,
        case document_type when 'proceedings_paper' then 'ei_conference' else 'ei_journal' end as index_code,
        record_id
    from records
    where
        source = 'ei' and accession_number is not null and index_editions ilike 'compendex%'
        and not is_early_access and document_type is distinct from 'preprint'
),

chinese as (
    select
        work_id,
        case when source = 'cssci' then 'cssci' else 'cscd' end as index_code,
        record_id
    from records
    where source = 'cssci' or accession_number like 'CSCD:%'
),

lists as (
    select
        works.work_id,
        ranks.rank_scheme || case ranks.rank_level when 'extended' then '_extended' else '' end as index_code,
        ranks.list_edition
    from indicators.work_venue as works
    inner join indicators.venue_rank_year as ranks
        on works.venue_number = ranks.venue_number and works.publication_year = ranks.publication_year
    where ranks.rank_scheme in ('cssci', 'cscd', 'pku') and ranks.status in ('ranked', 'listed')
),

every as (
    select
        work_id,
        index_code,
        record_id as evidence,
        'record' as basis,
        1 as preference
    from stated
    union all
    select
        work_id,
        index_code,
        record_id as evidence,
        'jcr_list' as basis,
        2 as preference
    from by_list
    union all
    select
        work_id,
        index_code,
        record_id as evidence,
        'record' as basis,
        1 as preference
    from unknown
    union all
    select
        work_id,
        index_code,
        record_id as evidence,
        'record' as basis,
        1 as preference
    from engineering
    union all
    select
        work_id,
        index_code,
        record_id as evidence,
        'record' as basis,
        1 as preference
    from chinese
    union all
    select
        work_id,
        index_code,
        list_edition as evidence,
        'list' as basis,
        3 as preference
    from lists
)

select
    work_id,
    index_code,
    case index_code
        when 'scie' then 'SCIE' when 'ssci' then 'SSCI' when 'ahci' then 'A&HCI' when 'esci' then 'ESCI'
        when 'cpci_s' then 'CPCI-S' when 'cpci_ssh' then 'CPCI-SSH' when 'bkci' then 'BKCI'
        when 'ccr' then 'CCR' when 'ic' then 'IC' when 'wos_edition_unknown' then 'WoS（分库不详）'
        when 'ei_journal' then 'EI（期刊）' when 'ei_conference' then 'EI（会议）'
        when 'cssci' then 'CSSCI' when 'cssci_extended' then 'CSSCI（扩展）'
        when 'cscd' then 'CSCD' when 'cscd_extended' then 'CSCD（扩展）' when 'pku' then '北大核心'
        else index_code
    end as index_zh,
    arg_min(basis, preference) as basis,
    min(evidence) filter (where basis != 'list') as record_id,
    min(evidence) filter (where basis = 'list') as list_edition
from every
group by work_id, index_code
