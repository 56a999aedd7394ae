-- ESI 论文与现行学院，含凭名册认定的归属与本院作者的印刷形式：推送直接读这一张
-- grain: one row per period, list_kind, paper_key, unit_id
-- needs: work_college
select
    papers.period,
    papers.list_kind,
    papers.paper_key,
    colleges.unit_id,
    colleges.leads,
    colleges.role,
    colleges.is_primary,
    colleges.basis,
    case colleges.basis when 'byline' then '署名地址' when 'hr' then '名册' end as role_basis_zh,
    colleges.own_authors,
    colleges.unit_authors_count,
    colleges.other_own_authors_count,
    papers.is_member,
    papers.change,
    case papers.change
        when 'new' then '新增'
        when 're-entered' then '重新入选'
        when 'steady' then '持续'
        when 'dropped' then '掉出'
        when 'first_period' then '首期'
    end as change_zh,
    papers.accession_number,
    papers.doi,
    papers.work_id,
    papers.title,
    papers.venue,
    papers.publication_year,
    papers.esi_field,
    papers.esi_field_zh,
    papers.citations_esi_count,
    papers.threshold_value,
    papers.threshold_ratio,
    papers.data_period,
    papers.drop_reason,
    papers.drop_reason_zh,
    papers.threshold_now
from library.marts.esi_paper as papers
inner join marts.work_college as colleges on papers.work_id = colleges.work_id
