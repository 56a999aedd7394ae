-- 业绩系统里没有申报、而库里已认定的论文有哪些（反过来的也列）
-- 读法：一行一条；“库有未报”可提醒本人补报，“已报未收”先看理由，多半是检索没收到或题名有误；完整对账见 xueheng reconcile claims
-- 参数：类别 library_only 库有未报 | claimed_only 已报未收 | role_differs 角色不一致；起始年
-- 数据库：people（含个人信息，须有文件权限）
with 参数 as (
    select
        'library_only' as 类别,
        2015 as 起始年
)

select
    found.category_zh as 结果,
    found.reason as 理由,
    coalesce(found.person_name_zh, found.claimed_name) as 姓名,
    found.person_id as 工号,
    coalesce(found.units_zh, found.claimed_unit) as 单位名,
    coalesce(found.publication_year, found.claimed_year) as 年,
    coalesce(found.title, found.claimed_title) as 题名,
    found.author_position as 署名次序,
    coalesce(found.doi, found.claimed_doi) as doi
from people.marts.claim_reconciliation as found
inner join 参数 on found.category = 参数.类别
where coalesce(found.publication_year, found.claimed_year) >= 参数.起始年
order by 年 desc, found.person_id asc, 题名 asc
