-- 各期名单中归属本校的论文：以 ESI 机构栏为准；机构栏为空时以作品地址为准
-- grain: one row per period, list_kind, paper_key
-- needs: work_college
-- paper_key = 该论文最早出现的入藏号；同一 DOI 换了入藏号的视为同一篇（两号同期并存时不合并）
with credited as (
    select distinct
        credits.period,
        credits.list_kind,
        credits.accession_number
    from lake.esi_credits as credits
    inner join lake.institutions_dictionary as institutions
        on credits.institution_id = institutions.institution_id and institutions.kind = 'own'
),

own_works as (
    select distinct work_id from indicators.work_college
),

work_dois as (
    select
        doi,
        min(work_id) as work_id
    from lake.works
    where doi is not null
    group by doi
),

joined as (
    select
        documents.*,
        lower(documents.doi) as doi_key,
        coalesce(clusters.work_id, work_dois.work_id) as work_id,
        case when clusters.work_id is not null then 'ut' when work_dois.work_id is not null then 'doi' end
            as join_basis,
        credited.accession_number is not null as is_credited
    from lake.esi_documents as documents
    left join lake.clusters as clusters on clusters.record_id = 'wos:' || documents.accession_number
    left join work_dois on lower(documents.doi) = work_dois.doi
    left join credited
        on
            documents.period = credited.period
            and documents.list_kind = credited.list_kind
            and documents.accession_number = credited.accession_number
),

own as (
    select
        joined.*,
        case when joined.is_credited then 'esi' else 'address' end as attribution_basis
    from joined
    left join own_works on joined.work_id = own_works.work_id
    where joined.is_credited or (joined.institutions_text is null and own_works.work_id is not null)
),

doubled_dois as (
    select doi_key
    from joined
    where doi_key is not null
    group by period, list_kind, doi_key
    having count(distinct accession_number) > 1
),

keys as (
    select
        own.doi_key,
        arg_min(own.accession_number, own.period || own.accession_number) as paper_key
    from own
    where own.doi_key is not null and own.doi_key not in (select doi_key from doubled_dois)
    group by own.doi_key
)

select
    own.period,
    own.list_kind,
    coalesce(keys.paper_key, own.accession_number) as paper_key,
    own.accession_number,
    own.doi,
    own.work_id,
    own.join_basis,
    own.attribution_basis,
    own.title,
    own.source_text,
    own.esi_field,
    own.citations_esi_count,
    own.publication_year,
    own.batch_id,
    own.source_file,
    own.source_row
from own
left join keys on own.doi_key = keys.doi_key
