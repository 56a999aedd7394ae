-- 哪些作品没有归到学院，为什么
-- 读法：一行一件一位本校作者；“依据”说明凭署名还是凭名册；只写到学校而作者又没认定到人的，归不到学院
-- 参数：起止年
-- 数据库：people（含个人信息，须有文件权限）
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    works.publication_year as 年,
    works.title as 题名,
    works.venue as 出版物,
    credits.unit_name_zh as 归在,
    credits.unit_basis as 依据,
    credits.own_authors_count as 本校作者数,
    works.doi,
    works.work_id as 作品号
from people.marts.work_credit as credits
inner join marts.work as works on credits.work_id = works.work_id
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
where credits.unit_basis in ('unresolved', 'split_unassigned')
order by works.publication_year desc, works.work_id asc
limit 1000
