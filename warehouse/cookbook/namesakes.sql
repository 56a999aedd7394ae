-- 哪些姓名最容易认错人
-- 读法：一行一个署名写法（拼音），本校有几人都可能这样署名，库里有几处这样的署名还待核；人多又待核多的最该补工号、ORCID
-- 参数：至少几人
-- 数据库：people（含个人信息，须有文件权限；读 people.lake：名册的署名写法只在那里）
with 参数 as (
    select 2 as 至少
),

shared as (
    select
        name_key,
        count(distinct person_id) as persons_count
    from people.lake.roster_forms
    where form_kind = 'full'
    group by name_key
    having count(distinct person_id) >= (select 至少 from 参数)
),

signed as (
    select
        authors.name_key,
        count(*) as signed_count,
        count(*) filter (where matches.decision = 'review') as review_count
    from people.lake.person_matches as matches
    inner join lake.work_authorships as authors
        on
            matches.work_id = authors.work_id
            and matches.author_position = authors.author_position
    group by authors.name_key
)

select
    shared.name_key as 署名写法,
    shared.persons_count as 本校同写法人数,
    coalesce(signed.signed_count, 0) as 库中署名,
    coalesce(signed.review_count, 0) as 待核
from shared
left join signed on shared.name_key = signed.name_key
order by 待核 desc, shared.persons_count desc, 库中署名 desc, shared.name_key asc
limit 100
