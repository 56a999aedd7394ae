-- 新增与重新入选的高被引论文：新增在前，再按学科、被引
select
    row_number() over (order by change asc, esi_field asc, citations_esi_count desc, paper_key asc) as row_number,
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
    doi
from marts_personal.esi_paper_college
where
    period = getvariable('period')
    and unit_id = getvariable('unit_id')
    and list_kind = 'highly_cited'
    and change in ('new', 're-entered')
order by row_number
