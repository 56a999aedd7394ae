-- 接近阈值而样本不足、不作估算的论文：只并列两个数；前 5 篇印入报告
with candidates as (
    select
        papers.*,
        colleges.own_authors,
        colleges.other_own_authors_count,
        colleges.role,
        colleges.basis,
        row_number()
            over (order by papers.citations_wos_count / papers.threshold_value desc, papers.work_id asc)
            as row_number
    from marts.esi_near_threshold as papers
    inner join marts_personal.work_college as colleges on papers.work_id = colleges.work_id
    where
        papers.period = getvariable('period')
        and colleges.unit_id = getvariable('unit_id')
        and papers.status = 'no_ratio'
)

select
    row_number,
    case nearness when 'step' then '一步之遥' when 'near' then '近阈' when 'watch' then '关注' end as nearness_zh,
    title,
    venue,
    publication_year,
    own_authors,
    other_own_authors_count,
    role,
    case basis when 'byline' then '署名地址' when 'hr' then '名册' end as role_basis_zh,
    esi_field_zh,
    case field_basis when 'esi_archive' then 'ESI 历期名单' when 'journal_list' then '期刊表' end as field_basis_zh,
    citations_wos_count,
    citations_wos_as_of,
    citations_gained_six_months,
    threshold_value,
    citations_estimated,
    gap,
    esi_ratio,
    ratio_papers_count,
    accession_wos,
    doi,
    row_number <= 5 as is_printed
from candidates
order by row_number
