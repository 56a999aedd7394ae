-- 热点论文：新进、持续、退出
select
    row_number() over (order by is_member desc, change asc, citations_esi_count desc, paper_key asc) as row_number,
    change_zh,
    title,
    venue,
    publication_year,
    own_authors,
    other_own_authors_count,
    role,
    role_basis_zh,
    esi_field_zh,
    citations_esi_count,
    threshold_value,
    threshold_ratio,
    accession_number,
    doi,
    drop_reason_zh,
    data_period
from marts_personal.esi_paper_college
where
    period = getvariable('period')
    and unit_id = getvariable('unit_id')
    and list_kind = 'hot'
order by row_number
