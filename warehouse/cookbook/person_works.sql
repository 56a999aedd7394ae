-- 某教师的全部成果，以及每件凭什么认定是他的
-- 读法：一行一件；“认定”为 match 已认定、review 待核；“理由”是判定时的证据；同名不同人请用工号查
-- 参数：工号
-- 数据库：people（含个人信息，须有文件权限；读 people.lake.person_matches：证据只在那里）
with 参数 as (
    select '19970458' as 工号
)

select
    works.publication_year as 年,
    works.title as 题名,
    works.venue as 出版物,
    works.document_type as 类型,
    matches.author_position as 署名次序,
    authors.is_first as 第一作者,
    authors.is_corresponding as 通讯作者,
    works.citations_wos_count as wos被引,
    works.is_highly_cited as 高被引,
    matches.decision as 认定,
    matches.evidence as 理由,
    works.doi,
    works.work_id as 作品号
from people.lake.person_matches as matches
inner join 参数 on matches.person_id = 参数.工号
inner join marts.work as works on matches.work_id = works.work_id
left join people.marts.work_author as authors
    on
        matches.work_id = authors.work_id
        and matches.author_position = authors.author_position
where matches.decision in ('match', 'review')
order by works.publication_year desc, works.work_id asc
