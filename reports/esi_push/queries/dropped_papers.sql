-- 掉出的高被引论文：窗口移出的在后
select
    row_number()
        over (order by drop_reason = 'window' asc, esi_field asc, citations_esi_count desc, paper_key asc)
        as row_number,
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
    data_period,
    threshold_now
from marts_personal.esi_paper_college
where
    period = getvariable('period')
    and unit_id = getvariable('unit_id')
    and list_kind = 'highly_cited'
    and change = 'dropped'
order by row_number
