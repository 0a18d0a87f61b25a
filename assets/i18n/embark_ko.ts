<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko">
<context>
    <name>AccountsPage</name>
    <message>
        <source>Accounts</source>
        <translation>계정</translation>
    </message>
    <message>
        <source>Where machines come from, and whether Embark can use them.</source>
        <translation>장비를 어디에서 빌리는지, Embark가 지금 쓸 수 있는지 보여 줘요.</translation>
    </message>
</context>
<context>
    <name>BillPage</name>
    <message>
        <source>Bill</source>
        <translation>과금</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>다시 확인</translation>
    </message>
    <message>
        <source>Asking every account...</source>
        <translation>모든 계정에 확인하고 있어요…</translation>
    </message>
    <message>
        <source>Every machine that is rented on your accounts, as the clouds themselves say.</source>
        <translation>내 계정으로 빌린 모든 장비를 클라우드가 알려 준 그대로 보여 줘요.</translation>
    </message>
    <message>
        <source>No answer since {clock}. What stands below is older; whether it still holds is not known.</source>
        <translation>{clock}부터 응답이 없어요. 아래는 그 전의 내용이고, 지금도 그런지는 알 수 없어요.</translation>
    </message>
    <message>
        <source>Credit: {money}</source>
        <translation>잔액: {money}</translation>
    </message>
    <message>
        <source>asked at {clock}</source>
        <translation>{clock}에 확인</translation>
    </message>
    <message>
        <source>Cannot tell what is billed here</source>
        <translation>여기서 무엇이 과금되는지 알 수 없어요</translation>
    </message>
    <message>
        <source>Go to Accounts</source>
        <translation>계정으로 가기</translation>
    </message>
    <message>
        <source>Nothing is rented here.</source>
        <translation>여기서 빌린 장비는 없어요.</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>소속</translation>
    </message>
    <message>
        <source>Price</source>
        <translation>가격</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>So far</source>
        <translation>지금까지</translation>
    </message>
    <message>
        <source>free (pretend {rate})</source>
        <translation>무료(가상 {rate})</translation>
    </message>
    <message>
        <source>free</source>
        <translation>무료</translation>
    </message>
    <message>
        <source>not Embark&apos;s: never touched</source>
        <translation>Embark 장비 아님: 손대지 않음</translation>
    </message>
    <message>
        <source>no run: see above</source>
        <translation>실행 없음: 위를 보세요</translation>
    </message>
</context>
<context>
    <name>BudgetPage</name>
    <message>
        <source>Budget</source>
        <translation>예산</translation>
    </message>
    <message>
        <source>How much may it cost?</source>
        <translation>얼마까지 써도 될까요?</translation>
    </message>
    <message>
        <source>What the run may cost, what happens when nobody watches, and where the result goes.</source>
        <translation>실행에 쓸 수 있는 돈, 지켜보는 사람이 없을 때의 처리, 결과를 둘 곳을 정해요.</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>한도</translation>
    </message>
    <message>
        <source>Limit in dollars</source>
        <translation>한도(달러)</translation>
    </message>
    <message>
        <source>If this computer is closed or offline</source>
        <translation>이 컴퓨터가 꺼지거나 인터넷이 끊기면</translation>
    </message>
    <message>
        <source>How long the machine may go on without this computer</source>
        <translation>이 컴퓨터 없이 장비가 계속해도 되는 시간</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation>분</translation>
    </message>
    <message>
        <source>the machine may go on for</source>
        <translation>장비가 계속해도 되는 시간:</translation>
    </message>
    <message>
        <source>At the end</source>
        <translation>끝나면</translation>
    </message>
    <message>
        <source>Ask me before the machine is destroyed</source>
        <translation>장비를 완전 삭제하기 전에 물어보기</translation>
    </message>
    <message>
        <source>Destroy it as soon as everything is home and checked</source>
        <translation>모두 내려받고 검증하면 바로 완전 삭제</translation>
    </message>
    <message>
        <source>A rented one is billed until you answer.</source>
        <translation>대여한 장비는 답할 때까지 과금돼요.</translation>
    </message>
    <message>
        <source>If a check fails, you are asked all the same.</source>
        <translation>검증에 실패하면 그래도 물어봐요.</translation>
    </message>
    <message>
        <source>Name and result</source>
        <translation>이름과 결과</translation>
    </message>
    <message>
        <source>Name of the run</source>
        <translation>실행 이름</translation>
    </message>
    <message>
        <source>Folder of the result</source>
        <translation>결과 폴더</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>고르기…</translation>
    </message>
    <message>
        <source>Practice is free. So that you see how a limit works, this computer counts a pretend price: the run will come to about {money}.</source>
        <translation>연습은 무료예요. 한도가 어떻게 쓰이는지 볼 수 있도록 이 컴퓨터는 가상 가격을 셈해요. 이번 실행은 약 {money}쯤 될 거예요.</translation>
    </message>
    <message>
        <source>The run is estimated at {money}. With a limit of {limit} it has room for a slow machine.</source>
        <translation>이번 실행의 예상 비용은 {money}예요. 한도를 {limit}로 두면 장비가 느려도 여유가 있어요.</translation>
    </message>
    <message>
        <source>Set to {money}</source>
        <translation>{money}로 정하기</translation>
    </message>
    <message>
        <source>On this computer the work goes on by itself while Embark is closed, and nothing is billed.</source>
        <translation>이 컴퓨터에서는 Embark를 닫아도 작업이 스스로 계속되고, 과금되지 않아요.</translation>
    </message>
    <message>
        <source>Then it ends its own bill. While nobody watches, that can cost {money} at most.</source>
        <translation>그 시간이 지나면 스스로 과금을 끝내요. 지켜보는 사람이 없는 동안 많아야 {money}까지 들 수 있어요.</translation>
    </message>
    <message>
        <source>{size} for the vectors, beside them a list of problems and the receipt.</source>
        <translation>벡터에 {size}, 그 옆에 문제 목록과 사용 내역이 놓여요.</translation>
    </message>
    <message>
        <source>There is only {credit} of credit at {cloud}: add some before you start.</source>
        <translation>{cloud} 잔액이 {credit}뿐이에요. 시작하기 전에 충전하세요.</translation>
    </message>
    <message>
        <source>Folder for the result</source>
        <translation>결과 폴더</translation>
    </message>
</context>
<context>
    <name>CheckCard</name>
    <message>
        <source>Check</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>{pictures} / {texts}</source>
        <translation>{pictures} / {texts}</translation>
    </message>
    <message>
        <source>With picture / text only</source>
        <translation>그림 있음 / 글만</translation>
    </message>
</context>
<context>
    <name>CheckTab</name>
    <message>
        <source>Is everything there, and is it right?</source>
        <translation>모두 있고, 모두 맞나요?</translation>
    </message>
    <message>
        <source>How it was made</source>
        <translation>만든 방법</translation>
    </message>
    <message>
        <source>What it cost</source>
        <translation>든 비용</translation>
    </message>
    <message>
        <source>Every vector is being looked at.</source>
        <translation>벡터를 하나하나 살펴보고 있어요.</translation>
    </message>
    <message>
        <source>The vectors were looked at when this page opened. They are fit to use.</source>
        <translation>이 화면을 열 때 벡터를 살펴봤어요. 써도 좋아요.</translation>
    </message>
    <message>
        <source>Something is wrong with these vectors. Do not use them as they are.</source>
        <translation>이 벡터에 잘못된 곳이 있어요. 이대로는 쓰지 마세요.</translation>
    </message>
    <message>
        <source>✓ right</source>
        <translation>✓ 맞음</translation>
    </message>
    <message>
        <source>✗ wrong</source>
        <translation>✗ 틀림</translation>
    </message>
    <message>
        <source>! unusual</source>
        <translation>! 주의</translation>
    </message>
    <message>
        <source>{found} vectors, as many as there should be.</source>
        <translation>벡터 {found}개, 있어야 할 만큼 있어요.</translation>
    </message>
    <message>
        <source>{found} vectors instead of {expected}.</source>
        <translation>벡터가 {expected}개여야 하는데 {found}개예요.</translation>
    </message>
    <message>
        <source>No id is there twice.</source>
        <translation>두 번 나오는 번호가 없어요.</translation>
    </message>
    <message>
        <source>{found} ids are there twice, or nobody knows them.</source>
        <translation>번호 {found}개가 두 번 나오거나 알 수 없는 번호예요.</translation>
    </message>
    <message>
        <source>The vectors stand in the order of your items.</source>
        <translation>벡터가 문항과 같은 순서로 놓여 있어요.</translation>
    </message>
    <message>
        <source>The order is another one than that of your items.</source>
        <translation>순서가 문항과 달라요.</translation>
    </message>
    <message>
        <source>{found} numbers each.</source>
        <translation>벡터마다 수 {found}개예요.</translation>
    </message>
    <message>
        <source>{found} numbers each instead of {expected}.</source>
        <translation>벡터마다 수가 {expected}개여야 하는데 {found}개예요.</translation>
    </message>
    <message>
        <source>Every number is a number.</source>
        <translation>모든 값이 올바른 수예요.</translation>
    </message>
    <message>
        <source>{found} vectors have something in them that is no number.</source>
        <translation>벡터 {found}개에 수가 아닌 값이 들어 있어요.</translation>
    </message>
    <message>
        <source>Every vector has length 1.</source>
        <translation>모든 벡터의 길이가 1이에요.</translation>
    </message>
    <message>
        <source>{found} vectors are longer or shorter than 1.</source>
        <translation>벡터 {found}개의 길이가 1이 아니에요.</translation>
    </message>
    <message>
        <source>They differ, as they should.</source>
        <translation>벡터가 서로 달라요. 그래야 맞아요.</translation>
    </message>
    <message>
        <source>All {found} vectors are the same.</source>
        <translation>벡터 {found}개가 모두 같아요.</translation>
    </message>
    <message>
        <source>No two items have the same vector.</source>
        <translation>벡터가 같은 문항이 없어요.</translation>
    </message>
    <message>
        <source>{found} vectors are equal to an earlier one. That is right where items are word for word alike.</source>
        <translation>벡터 {found}개가 앞의 것과 같아요. 글자까지 똑같은 문항이라면 그래야 맞아요.</translation>
    </message>
    <message>
        <source>The files are, byte by byte, what was written.</source>
        <translation>파일이 한 바이트도 다르지 않고 쓰인 그대로예요.</translation>
    </message>
    <message>
        <source>{found} files are not what was written.</source>
        <translation>파일 {found}개가 쓰인 것과 달라요.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>개정판</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>레시피</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>Pixels a picture, at most</source>
        <translation>그림 한 장의 최대 픽셀 수</translation>
    </message>
    <message>
        <source>What was left out, and why</source>
        <translation>무엇이 왜 빠졌는지 보기</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>With a picture in the vector</source>
        <translation>벡터에 그림이 들어간 문항</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>만든 때</translation>
    </message>
    <message>
        <source>Left out on the machine</source>
        <translation>장비에서 제외</translation>
    </message>
    <message>
        <source>Left out when the data was read</source>
        <translation>자료를 읽을 때 제외</translation>
    </message>
    <message>
        <source>{money} (pretend)</source>
        <translation>{money} (가상)</translation>
    </message>
    <message>
        <source>In all</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>예상</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
</context>
<context>
    <name>CopyDialog</name>
    <message>
        <source>This computer has nothing to open it with</source>
        <translation>이 컴퓨터에 이것을 열 프로그램이 없어요</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>CostCard</name>
    <message>
        <source>What it cost</source>
        <translation>든 비용</translation>
    </message>
    <message>
        <source>Practice: the price is pretend, nothing was charged.</source>
        <translation>연습이에요. 가격은 가상이고 청구된 돈은 없어요.</translation>
    </message>
    <message>
        <source>Getting ready</source>
        <translation>준비</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>올리기</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>임베딩</translation>
    </message>
    <message>
        <source>Bringing the rest home</source>
        <translation>나머지 내려받기</translation>
    </message>
    <message>
        <source>Check, and waiting for you</source>
        <translation>검증과 답변 대기</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>전송</translation>
    </message>
    <message>
        <source>Earlier machines of this run</source>
        <translation>이 실행에서 먼저 쓴 장비</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>예상</translation>
    </message>
    <message>
        <source>Actual</source>
        <translation>실제</translation>
    </message>
    <message>
        <source>{what}, {time}</source>
        <translation>{what}, {time}</translation>
    </message>
    <message>
        <source>Difference to the provider&apos;s account</source>
        <translation>업체 청구액과의 차이</translation>
    </message>
    <message>
        <source>In all</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>In all so far</source>
        <translation>지금까지 모두</translation>
    </message>
    <message>
        <source>spent embedding</source>
        <translation>임베딩에 쓴 비율</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>디스크</translation>
    </message>
    <message>
        <source>Traffic to the machine</source>
        <translation>장비로 보낸 전송</translation>
    </message>
    <message>
        <source>Traffic from the machine</source>
        <translation>장비에서 받은 전송</translation>
    </message>
    <message>
        <source>{what}: {detail}</source>
        <translation>{what}: {detail}</translation>
    </message>
    <message>
        <source>{hours} hours at ${price} an hour</source>
        <translation>{hours}시간, 시간당 ${price}</translation>
    </message>
    <message>
        <source>The provider&apos;s own bill</source>
        <translation>업체의 청구 내역</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Embark made a mistake. Runs that are under way go on, and what is billed is on the Bill page. The report below holds no keys and no passwords; please copy it and send it to the makers.</source>
        <translation>Embark가 실수를 했어요. 진행 중인 실행은 계속되고, 과금 중인 장비는 과금 화면에서 볼 수 있어요. 아래 보고서에는 키도 비밀번호도 들어 있지 않아요. 복사해서 만든 사람에게 보내 주세요.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>보고서</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>보고서 복사</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>복사함</translation>
    </message>
</context>
<context>
    <name>DestroyPanel</name>
    <message>
        <source>Continue on this machine</source>
        <translation>이 장비에서 계속</translation>
    </message>
    <message>
        <source>Destroy {machine}</source>
        <translation>{machine} 완전 삭제</translation>
    </message>
    <message>
        <source>Keep it (free)</source>
        <translation>그대로 두기(무료)</translation>
    </message>
    <message>
        <source>Destroy the practice machine</source>
        <translation>연습 장비 완전 삭제</translation>
    </message>
    <message>
        <source>Keep it (up to {money} a day)</source>
        <translation>그대로 두기(하루 최대 {money})</translation>
    </message>
    <message>
        <source>The practice machine is still there (free)</source>
        <translation>연습 장비가 아직 남아 있어요(무료)</translation>
    </message>
    <message>
        <source>The machine is still on: {rate}, {money} a minute</source>
        <translation>장비가 아직 켜져 있어요: {rate}, 1분에 {money}</translation>
    </message>
    <message>
        <source>The machine is not at work: {disk} for its disk, {rate} when it is</source>
        <translation>장비가 일하지 않아요: 디스크에 {disk}, 일할 때는 {rate}</translation>
    </message>
    <message numerus="yes">
        <source>%n finished piece(s) would be lost: only this machine has them.</source>
        <translation>
            <numerusform>끝난 조각 %Ln개를 잃게 돼요. 이 장비에만 있어요.</numerusform>
        </translation>
    </message>
    <message>
        <source>That is up to {items} items to embed again.</source>
        <translation>많으면 문항 {items}개를 다시 임베딩해야 해요.</translation>
    </message>
    <message>
        <source>All {items} vectors are in {folder}, every piece with the same fingerprint here as there.</source>
        <translation>벡터 {items}개가 모두 {folder} 폴더에 있고, 모든 조각의 지문이 장비에서와 같아요.</translation>
    </message>
    <message>
        <source>No finished piece is on this computer yet.</source>
        <translation>아직 이 컴퓨터에 끝난 조각이 없어요.</translation>
    </message>
    <message>
        <source>{done} of {whole} pieces are on this computer, in {folder}.</source>
        <translation>조각 {whole}개 중 {done}개가 이 컴퓨터의 {folder} 폴더에 있어요.</translation>
    </message>
    <message>
        <source>The practice machine&apos;s disk is a folder on this computer. Destroying it deletes that folder and nothing else.</source>
        <translation>연습 장비의 디스크는 이 컴퓨터의 폴더 하나예요. 완전 삭제하면 그 폴더만 지워지고 다른 것은 그대로예요.</translation>
    </message>
    <message>
        <source>Destroying {machine} ends the bill and wipes its disk for good.</source>
        <translation>{machine} 장비를 완전 삭제하면 과금이 끝나고 디스크가 영구히 지워져요.</translation>
    </message>
    <message>
        <source>Nothing on it is needed any more.</source>
        <translation>그 안에 더 필요한 것은 없어요.</translation>
    </message>
</context>
<context>
    <name>DestroyedCard</name>
    <message>
        <source>The practice machine is destroyed. Nothing is being billed.</source>
        <translation>연습 장비를 완전 삭제했어요. 과금 중인 것은 없어요.</translation>
    </message>
    <message>
        <source>Destroyed, and {cloud} confirms it. Nothing is being billed.</source>
        <translation>완전 삭제했고, {cloud} 쪽에서 확인했어요. 과금 중인 것은 없어요.</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>Only data centres</source>
        <translation>데이터 센터만</translation>
    </message>
    <message>
        <source>May be interrupted (cheaper)</source>
        <translation>중단될 수 있음(더 저렴)</translation>
    </message>
    <message>
        <source>{percent} reliable</source>
        <translation>신뢰도 {percent}</translation>
    </message>
    <message>
        <source>As much as the model takes ({memory})</source>
        <translation>모델에 필요한 만큼({memory})</translation>
    </message>
    <message>
        <source>{number} GB or more</source>
        <translation>{number} GB 이상</translation>
    </message>
    <message>
        <source>Anywhere</source>
        <translation>어디든지</translation>
    </message>
    <message>
        <source>{number} countries</source>
        <translation>나라 {number}곳</translation>
    </message>
    <message>
        <source>Any price</source>
        <translation>가격 상관없음</translation>
    </message>
    <message>
        <source>At most {money} an hour</source>
        <translation>시간당 {money} 이하</translation>
    </message>
</context>
<context>
    <name>FindingsCard</name>
    <message>
        <source>Are the vectors right?</source>
        <translation>벡터가 올바른가요?</translation>
    </message>
    <message>
        <source>look</source>
        <translation>확인</translation>
    </message>
    <message>
        <source>Item</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Taken as</source>
        <translation>고른 이유</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>길이</translation>
    </message>
    <message>
        <source>Alike</source>
        <translation>일치도</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>토큰 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>begins with “import”</source>
        <translation>“import”로 시작</translation>
    </message>
    <message>
        <source>short</source>
        <translation>짧음</translation>
    </message>
    <message>
        <source>long</source>
        <translation>긺</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>한국어</translation>
    </message>
    <message>
        <source>with picture</source>
        <translation>그림 있음</translation>
    </message>
    <message>
        <source>in the first window</source>
        <translation>첫 구간</translation>
    </message>
    <message>
        <source>in the last window</source>
        <translation>마지막 구간</translation>
    </message>
    <message>
        <source>any</source>
        <translation>임의</translation>
    </message>
    <message>
        <source>of the machine before</source>
        <translation>이전 장비의 것</translation>
    </message>
    <message>
        <source>{alike} alike or more</source>
        <translation>일치도 {alike} 이상</translation>
    </message>
    <message>
        <source>{part} items</source>
        <translation>{part} 문항</translation>
    </message>
    <message>
        <source>{part} prompts</source>
        <translation>프롬프트 {part}</translation>
    </message>
    <message>
        <source>Show all {count}</source>
        <translation>{count}개 모두 보기</translation>
    </message>
    <message>
        <source>Hide them</source>
        <translation>숨기기</translation>
    </message>
</context>
<context>
    <name>FolderCard</name>
    <message>
        <source>A model in a folder on this computer</source>
        <translation>이 컴퓨터의 폴더에 있는 모델</translation>
    </message>
    <message>
        <source>Any model for sentence-transformers or transformers, such as one you trained.</source>
        <translation>sentence-transformers나 transformers용 모델이면 돼요. 직접 학습한 모델도 좋아요.</translation>
    </message>
    <message>
        <source>Choose folder...</source>
        <translation>폴더 고르기…</translation>
    </message>
    <message>
        <source>Folder of a model</source>
        <translation>모델 폴더</translation>
    </message>
</context>
<context>
    <name>Found</name>
    <message>
        <source>Reading</source>
        <translation>읽는 중</translation>
    </message>
    <message>
        <source>items so far</source>
        <translation>지금까지 읽은 문항</translation>
    </message>
    <message>
        <source>matched with pictures</source>
        <translation>그림과 짝지은 문항</translation>
    </message>
    <message>
        <source>to upload</source>
        <translation>올릴 분량</translation>
    </message>
    <message>
        <source>Reading file {part} of {whole}</source>
        <translation>파일 {whole}개 중 {part}번째를 읽고 있어요</translation>
    </message>
    <message>
        <source>Looking for the pictures</source>
        <translation>그림을 찾고 있어요</translation>
    </message>
    <message numerus="yes">
        <source>items in %n file(s)</source>
        <translation>
            <numerusform>문항, 파일 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>of {claimed} pictures found ({percent})</source>
        <translation>/ {claimed}장 그림 찾음({percent})</translation>
    </message>
    <message>
        <source>pictures: no item says it has one</source>
        <translation>그림: 그림이 있다는 문항이 없어요</translation>
    </message>
    <message>
        <source>to upload: only what is used</source>
        <translation>올릴 분량: 쓰는 것만</translation>
    </message>
    <message>
        <source>prompts, two for each window, variable and length</source>
        <translation>개 프롬프트, 구간·변수·길이마다 두 개</translation>
    </message>
    <message numerus="yes">
        <source>variables in %n row(s)</source>
        <translation>
            <numerusform>개 변수, %Ln개 행</numerusform>
        </translation>
    </message>
    <message>
        <source>to upload: the table alone</source>
        <translation>올릴 크기: 표만</translation>
    </message>
    <message>
        <source>Windows, by output length</source>
        <translation>예측 길이별 구간 수</translation>
    </message>
    <message>
        <source>Pictures found, by subject</source>
        <translation>과목별 찾은 그림</translation>
    </message>
    <message>
        <source>Items, by subject</source>
        <translation>과목별 문항</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>문항 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>no pictures</source>
        <translation>그림 없음</translation>
    </message>
    <message numerus="yes">
        <source>%n missing</source>
        <translation>
            <numerusform>%Ln장 없음</numerusform>
        </translation>
    </message>
    <message>
        <source>all {n}</source>
        <translation>{n}장 모두</translation>
    </message>
    <message>
        <source>No subject</source>
        <translation>과목 없음</translation>
    </message>
    <message numerus="yes">
        <source>All %n subject(s)</source>
        <translation>
            <numerusform>과목 %Ln개 모두</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Guide</name>
    <message>
        <source>1  Open an account</source>
        <translation>1  계정 만들기</translation>
    </message>
    <message>
        <source>Free. Vast.ai wants an e-mail address and sends a message to it.</source>
        <translation>무료예요. Vast.ai에 이메일 주소를 넣으면 확인 메일이 와요.</translation>
    </message>
    <message>
        <source>If you have an account, log in there.</source>
        <translation>계정이 있으면 그곳에서 로그인하세요.</translation>
    </message>
    <message>
        <source>Open Vast.ai</source>
        <translation>Vast.ai 열기</translation>
    </message>
    <message>
        <source>Allow {permissions}. With user_write too, it may add your SSH key to the account.</source>
        <translation>허용할 것: {permissions}. user_write도 허용하면 내 SSH 키를 계정에 올려 둘 수 있어요.</translation>
    </message>
    <message>
        <source>2  Make a key for Embark alone</source>
        <translation>2  Embark 전용 키 만들기</translation>
    </message>
    <message>
        <source>On the page of keys choose New, name it Embark, and allow only what a run needs. Copy it at once.</source>
        <translation>키 페이지에서 New를 누르고 이름을 Embark로 한 뒤, 실행에 필요한 것만 허용하세요. 키는 바로 복사하세요.</translation>
    </message>
    <message>
        <source>Open the page of keys</source>
        <translation>키 페이지 열기</translation>
    </message>
    <message>
        <source>3  Add credit</source>
        <translation>3  잔액 채우기</translation>
    </message>
    <message>
        <source>Vast.ai is paid in advance: $5 are enough to begin.</source>
        <translation>Vast.ai는 선불이에요. 시작하는 데는 $5면 충분해요.</translation>
    </message>
    <message>
        <source>Leave its automatic payment off, and it cannot take more from your card.</source>
        <translation>자동 결제를 꺼 두면 카드에서 더 빠져나가지 않아요.</translation>
    </message>
    <message>
        <source>Open the page of payments</source>
        <translation>결제 페이지 열기</translation>
    </message>
</context>
<context>
    <name>Happenings</name>
    <message>
        <source>Pieces {first} to {last} are home and checked: {rows} vectors.</source>
        <translation>조각 {first}~{last}번을 내려받고 검증했어요. 벡터 {rows}개예요.</translation>
    </message>
    <message>
        <source>{count} parcels arrived and are checked: {size}.</source>
        <translation>꾸러미 {count}개가 도착했고 검증했어요: {size}.</translation>
    </message>
</context>
<context>
    <name>ItemCard</name>
    <message>
        <source>No text: the picture alone.</source>
        <translation>글 없이 그림만 있어요.</translation>
    </message>
    <message numerus="yes">
        <source>... and %n more character(s).</source>
        <translation>
            <numerusform>… 그 밖에 %Ln자</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ItemsPage</name>
    <message>
        <source>Items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>What should be embedded?</source>
        <translation>무엇을 임베딩할까요?</translation>
    </message>
    <message>
        <source>Drop files, folders or zips here. Nothing leaves this computer before you press Start.</source>
        <translation>파일, 폴더, zip을 여기에 놓으세요. 시작을 누르기 전에는 아무것도 이 컴퓨터를 떠나지 않아요.</translation>
    </message>
    <message>
        <source>A run is either of items (JSON) or of one table as a time series. Your items are kept.</source>
        <translation>한 번의 실행은 문항(JSON)이나 시계열 표 하나 가운데 한 가지만 다뤄요. 추가한 문항은 그대로 있어요.</translation>
    </message>
    <message>
        <source>The rows of this one do not begin with dates: if they are items, save them as JSON.</source>
        <translation>이 표의 줄은 날짜로 시작하지 않아요. 문항이라면 JSON으로 저장해 주세요.</translation>
    </message>
    <message>
        <source>{file} is a table</source>
        <translation>{file} 파일은 표예요</translation>
    </message>
    <message>
        <source>Keep the items</source>
        <translation>문항 그대로 두기</translation>
    </message>
    <message>
        <source>Begin with the table instead</source>
        <translation>대신 이 표로 시작하기</translation>
    </message>
    <message numerus="yes">
        <source>(%n left out)</source>
        <translation>
            <numerusform>(%Ln개 제외)</numerusform>
        </translation>
    </message>
    <message>
        <source>Keep the first</source>
        <translation>앞의 것 남기기</translation>
    </message>
    <message>
        <source>Keep the last</source>
        <translation>뒤의 것 남기기</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>목록 보기</translation>
    </message>
    <message>
        <source>Left out if the first is kept</source>
        <translation>앞의 것을 남기면 제외되는 문항</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>다시 읽기</translation>
    </message>
</context>
<context>
    <name>ItemsTab</name>
    <message>
        <source>Find items: text, id, subject</source>
        <translation>문항 찾기: 글, 번호, 과목</translation>
    </message>
    <message>
        <source>Find items</source>
        <translation>문항 찾기</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>과목</translation>
    </message>
    <message>
        <source>With picture</source>
        <translation>그림 있음</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>Show all items</source>
        <translation>모든 문항 보기</translation>
    </message>
    <message>
        <source>All subjects</source>
        <translation>모든 과목</translation>
    </message>
    <message>
        <source>Practice model: text finds text and pictures find pictures. It cannot match one to the other.</source>
        <translation>연습 모델이에요. 글은 글을, 그림은 그림을 찾고, 글과 그림을 서로 견주지는 못해요.</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>문항 1개</translation>
    </message>
    <message>
        <source>{count} items</source>
        <translation>문항 {count}개</translation>
    </message>
    <message>
        <source>{part} items</source>
        <translation>문항 {part}</translation>
    </message>
    <message>
        <source>No item has “{words}” in it.</source>
        <translation>“{words}” 글이 들어 있는 문항이 없어요.</translation>
    </message>
    <message>
        <source>No item fits this choice.</source>
        <translation>이 조건에 맞는 문항이 없어요.</translation>
    </message>
    <message>
        <source>Picture of {title}</source>
        <translation>{title} 그림</translation>
    </message>
    <message>
        <source>computed exactly</source>
        <translation>정확히 계산</translation>
    </message>
    <message>
        <source>the likeliest compared exactly</source>
        <translation>가까운 후보만 정확히 계산</translation>
    </message>
    <message>
        <source>{number} ms</source>
        <translation>{number} ms</translation>
    </message>
</context>
<context>
    <name>KeyCard</name>
    <message>
        <source>SSH key</source>
        <translation>SSH 키</translation>
    </message>
    <message>
        <source>With it Embark logs in to the machines you rent. Practice on this computer needs none.</source>
        <translation>Embark가 빌린 장비에 로그인할 때 써요. 이 컴퓨터에서 하는 연습에는 필요 없어요.</translation>
    </message>
    <message>
        <source>Create a key</source>
        <translation>키 만들기</translation>
    </message>
    <message>
        <source>Import a file…</source>
        <translation>파일에서 가져오기…</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>암호문</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>그만두기</translation>
    </message>
    <message>
        <source>Public half</source>
        <translation>공개 부분</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>지우기…</translation>
    </message>
    <message>
        <source>Public half: this is what a cloud may know</source>
        <translation>공개 부분: 클라우드가 알아도 되는 쪽이에요</translation>
    </message>
    <message>
        <source>Fingerprint: compare it with what a cloud shows</source>
        <translation>지문: 클라우드에 보이는 것과 견주어 보세요</translation>
    </message>
    <message>
        <source>Remove the damaged key…</source>
        <translation>손상된 키 지우기…</translation>
    </message>
    <message>
        <source>The private half of an SSH key</source>
        <translation>SSH 키의 비밀 부분</translation>
    </message>
    <message>
        <source>Keep the key until Embark closes</source>
        <translation>Embark를 닫을 때까지 키 보관</translation>
    </message>
    <message>
        <source>✓ Copied</source>
        <translation>✓ 복사함</translation>
    </message>
    <message>
        <source>Remove the key for good?</source>
        <translation>키를 영구히 지울까요?</translation>
    </message>
    <message>
        <source>No other copy of it is kept. Embark can no longer log in to machines that know only this key, also to those that are being billed now.</source>
        <translation>다른 사본은 없어요. 이 키만 아는 장비에는 더 이상 로그인할 수 없어요. 지금 과금 중인 장비도 마찬가지예요.</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>{file} is protected by a passphrase. Embark needs it once and does not keep it.</source>
        <translation>{file} 파일은 암호문으로 잠겨 있어요. Embark는 한 번만 쓰고 보관하지 않아요.</translation>
    </message>
    <message>
        <source>Copy the public half</source>
        <translation>공개 부분 복사</translation>
    </message>
    <message>
        <source>Until Embark closes</source>
        <translation>Embark를 닫을 때까지</translation>
    </message>
    <message>
        <source>✓ In the keyring</source>
        <translation>✓ 키링에 있음</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>아직 없음</translation>
    </message>
    <message>
        <source>Cannot tell</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>살펴보는 중…</translation>
    </message>
</context>
<context>
    <name>KeyringCard</name>
    <message>
        <source>Keyring</source>
        <translation>키링</translation>
    </message>
    <message>
        <source>Keys and passwords are kept in the keyring of this computer, and never in a file of Embark.</source>
        <translation>키와 비밀번호는 이 컴퓨터의 키링에만 두고, Embark의 파일에는 두지 않아요.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>다시 살펴보기</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>살펴보는 중…</translation>
    </message>
    <message>
        <source>✓ Ready</source>
        <translation>✓ 준비됨</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>찾지 못함</translation>
    </message>
    <message>
        <source>Without one, Embark keeps a key only until it is closed, and asks you first. To keep keys, set up GNOME Keyring or KWallet and log in to this computer anew.</source>
        <translation>키링이 없으면 먼저 물어본 뒤 Embark를 닫을 때까지만 키를 보관해요. 계속 보관하려면 GNOME Keyring이나 KWallet을 설정하고 이 컴퓨터에 다시 로그인하세요.</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>잠김</translation>
    </message>
    <message>
        <source>It wants its password first. Look for its window, or open the program for passwords and keys of this computer and unlock it there; then look again.</source>
        <translation>먼저 비밀번호를 넣어야 해요. 비밀번호 창을 찾아보거나, 이 컴퓨터의 비밀번호와 키 프로그램을 열어 잠금을 푼 뒤 다시 살펴보세요.</translation>
    </message>
    <message>
        <source>Says no</source>
        <translation>거절함</translation>
    </message>
    <message>
        <source>It answers, but gives Embark nothing. Open the program for passwords and keys of this computer, see whether it works, then look again.</source>
        <translation>응답은 하지만 Embark에 아무것도 주지 않아요. 이 컴퓨터의 비밀번호와 키 프로그램이 되는지 확인한 뒤 다시 살펴보세요.</translation>
    </message>
</context>
<context>
    <name>LogCard</name>
    <message>
        <source>What happened</source>
        <translation>있었던 일</translation>
    </message>
    <message>
        <source>Show plain words</source>
        <translation>쉬운 말로 보기</translation>
    </message>
    <message>
        <source>Show raw lines</source>
        <translation>원본 줄 보기</translation>
    </message>
</context>
<context>
    <name>MachineCard</name>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>At work</source>
        <translation>사용률</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>디스크</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>No machine yet</source>
        <translation>아직 장비 없음</translation>
    </message>
    <message>
        <source>This computer · {name}</source>
        <translation>이 컴퓨터 · {name}</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>코어</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>연결</translation>
    </message>
    <message>
        <source>verified by the cloud</source>
        <translation>클라우드가 확인함</translation>
    </message>
    <message>
        <source>trusted on first use</source>
        <translation>첫 연결 때 신뢰함</translation>
    </message>
    <message>
        <source>Machine&apos;s key</source>
        <translation>장비 키</translation>
    </message>
    <message>
        <source>GPU memory</source>
        <translation>GPU 메모리</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>{step} again {clock}</source>
        <translation>{clock}에 {step} 다시 시도</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>아직</translation>
    </message>
    <message>
        <source>none: it is not at work</source>
        <translation>없음: 일하지 않아요</translation>
    </message>
    <message>
        <source>steady</source>
        <translation>안정</translation>
    </message>
</context>
<context>
    <name>MachinePage</name>
    <message>
        <source>Vast.ai needs a key first:</source>
        <translation>Vast.ai를 쓰려면 먼저 키가 필요해요:</translation>
    </message>
    <message>
        <source>Go to Accounts</source>
        <translation>계정으로 가기</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>다시 살펴보기</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>디스크</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>A machine that may be interrupted can be taken away at any moment; what has come home stays, and the rest goes on with another one.</source>
        <translation>중단될 수 있는 장비는 언제든 회수될 수 있어요. 이미 내려받은 것은 그대로 남고, 나머지는 다른 장비에서 이어서 해요.</translation>
    </message>
    <message>
        <source>only data centres</source>
        <translation>데이터 센터만 고르기</translation>
    </message>
    <message>
        <source>The owner of a rented machine can read what is on it. If that matters, choose</source>
        <translation>대여한 장비의 주인은 그 안에 있는 것을 읽을 수 있어요. 걱정된다면:</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>Which machine?</source>
        <translation>어떤 장비로 할까요?</translation>
    </message>
    <message>
        <source>Sorted by what this run would cost in all.</source>
        <translation>이 실행에 드는 전체 비용 순이에요.</translation>
    </message>
    <message>
        <source>For {items} items with {pictures} pictures on {model}. Sorted by what this run costs in all.</source>
        <translation>{model} 모델로 문항 {items}개와 그림 {pictures}장을 임베딩해요. 이 실행에 드는 전체 비용 순이에요.</translation>
    </message>
    <message>
        <source>{model} for the model, {data} for your data, the rest for the environment and room</source>
        <translation>모델에 {model}, 데이터에 {data}, 나머지는 실행 환경과 여유 공간</translation>
    </message>
    <message>
        <source>{data} for your data, the rest for the environment and room</source>
        <translation>데이터에 {data}, 나머지는 실행 환경과 여유 공간</translation>
    </message>
    <message numerus="yes">
        <source>%n machine(s) fit, looked at {clock}</source>
        <translation>
            <numerusform>알맞은 장비 %Ln대, {clock}에 살펴봄</numerusform>
        </translation>
    </message>
    <message>
        <source>This computer ({processor}) plays the rented machine, with the same steps as a real one. The price is pretended, so that you see how it works: nobody will ever bill it. Your items stay on this computer.</source>
        <translation>이 컴퓨터({processor})가 대여한 장비 역할을 하고, 실제와 같은 단계를 거쳐요. 가격은 어떻게 되는지 보여 주려는 가상이라 아무도 청구하지 않아요. 문항은 이 컴퓨터에 그대로 있어요.</translation>
    </message>
    <message>
        <source>Looking for machines...</source>
        <translation>장비를 찾고 있어요…</translation>
    </message>
    <message>
        <source>No machine fits.</source>
        <translation>맞는 장비가 없어요.</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Text and pictures</source>
        <translation>글과 그림</translation>
    </message>
    <message>
        <source>Text only</source>
        <translation>글만</translation>
    </message>
    <message>
        <source>more than 100 languages</source>
        <translation>100개가 넘는 언어</translation>
    </message>
    <message>
        <source>more than 30 languages</source>
        <translation>30개가 넘는 언어</translation>
    </message>
    <message>
        <source>16 languages, Korean too</source>
        <translation>한국어를 포함한 16개 언어</translation>
    </message>
    <message>
        <source>English</source>
        <translation>영어</translation>
    </message>
    <message>
        <source>Comes with Embark. Texts find texts, pictures find pictures; words do not find pictures. Good for trying everything out, not for results to publish.</source>
        <translation>Embark에 들어 있어요. 글은 글을, 그림은 그림을 찾고, 글로 그림을 찾지는 못해요. 이것저것 해 보기에 좋고, 발표할 결과에는 알맞지 않아요.</translation>
    </message>
    <message>
        <source>Reads windows of a time series as TimeKD does, 1,024 tokens at a time.</source>
        <translation>시계열 구간을 TimeKD와 같은 방식으로, 한 번에 1,024토큰까지 읽어요.</translation>
    </message>
    <message>
        <source>Small and quick. Good for a first look at many texts.</source>
        <translation>작고 빨라요. 많은 글을 처음 훑어보기에 좋아요.</translation>
    </message>
    <message>
        <source>Close to the best for texts, at half the time and money.</source>
        <translation>절반의 시간과 돈으로 글에서는 최고에 가까워요.</translation>
    </message>
    <message>
        <source>The best of these for texts alone.</source>
        <translation>글만 있을 때는 이 가운데 가장 좋아요.</translation>
    </message>
    <message>
        <source>Reads words and pictures as one, with little memory.</source>
        <translation>적은 메모리로 글과 그림을 함께 읽어요.</translation>
    </message>
    <message>
        <source>The best of these for items with pictures; words find pictures.</source>
        <translation>그림이 있는 문항에는 이 가운데 가장 좋아요. 글로 그림을 찾을 수 있어요.</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>추천</translation>
    </message>
    <message>
        <source>{n} numbers an item, {memory} of memory</source>
        <translation>문항마다 수 {n}개, 메모리 {memory}</translation>
    </message>
    <message>
        <source>{n} numbers a prompt, {memory} of memory</source>
        <translation>프롬프트마다 숫자 {n}개, 메모리 {memory}</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>More: how the model reads your items</source>
        <translation>더 보기: 모델이 문항을 읽는 방법</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Which model?</source>
        <translation>어떤 모델로 할까요?</translation>
    </message>
    <message>
        <source>The model turns each item into numbers, so that alike items lie close together.</source>
        <translation>모델은 문항을 수로 바꿔서, 비슷한 문항이 서로 가까이 놓이게 해요.</translation>
    </message>
    <message>
        <source>{model} is recommended here: it needs no download and is done soonest.</source>
        <translation>여기서는 {model} 모델을 추천해요. 내려받을 것이 없고 가장 빨리 끝나요.</translation>
    </message>
    <message>
        <source>{model} is recommended: it is what time series are embedded with for TimeKD.</source>
        <translation>{model}을(를) 권해요. TimeKD에서 시계열을 임베딩하는 모델이에요.</translation>
    </message>
    <message>
        <source>{model} is recommended: your items have pictures, and it reads them best.</source>
        <translation>{model} 모델을 추천해요. 문항에 그림이 있는데, 이 모델이 가장 잘 읽어요.</translation>
    </message>
    <message>
        <source>{model} is recommended: your items are text, and it reads text best.</source>
        <translation>{model} 모델을 추천해요. 문항이 글인데, 이 모델이 글을 가장 잘 읽어요.</translation>
    </message>
    <message>
        <source>More: how the model reads your prompts</source>
        <translation>더 보기: 모델이 프롬프트를 읽는 방법</translation>
    </message>
    <message>
        <source>Less</source>
        <translation>줄이기</translation>
    </message>
</context>
<context>
    <name>MoneyCard</name>
    <message>
        <source>Money</source>
        <translation>비용</translation>
    </message>
</context>
<context>
    <name>More</name>
    <message>
        <source>How the model reads your items</source>
        <translation>모델이 문항을 읽는 방법</translation>
    </message>
    <message>
        <source>The practice model has its own way of reading: nothing to choose here.</source>
        <translation>연습 모델은 읽는 방법이 정해져 있어서 고를 것이 없어요.</translation>
    </message>
    <message>
        <source>Numbers an item</source>
        <translation>문항마다 수의 개수</translation>
    </message>
    <message>
        <source>Say what it changes</source>
        <translation>무엇이 달라지는지 알려 주기</translation>
    </message>
    <message>
        <source>As its makers say</source>
        <translation>만든 이들이 정한 대로</translation>
    </message>
    <message>
        <source>As its makers say, for questions</source>
        <translation>만든 이들이 정한 대로, 질문용</translation>
    </message>
    <message>
        <source>Mean of all words</source>
        <translation>모든 낱말의 평균</translation>
    </message>
    <message>
        <source>Small (0.3 megapixels)</source>
        <translation>작게(30만 화소)</translation>
    </message>
    <message>
        <source>Medium (1 megapixel)</source>
        <translation>보통(100만 화소)</translation>
    </message>
    <message>
        <source>Large (1.8 megapixels)</source>
        <translation>크게(180만 화소)</translation>
    </message>
    <message>
        <source>all</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>레시피</translation>
    </message>
    <message>
        <source>How the model reads your prompts</source>
        <translation>모델이 프롬프트를 읽는 방법</translation>
    </message>
    <message>
        <source>Each prompt becomes the state of its last token, whole and as it is: nothing to choose there.</source>
        <translation>프롬프트마다 마지막 토큰의 상태를 그대로 모두 남겨요. 그 방법은 고를 것이 없어요.</translation>
    </message>
    <message>
        <source>bf16 is what the models were made with; older GPUs, up to RTX 20 and V100, cannot compute in it and are not offered. fp32 takes about twice the memory and far more time.</source>
        <translation>모델은 bf16으로 만들어졌어요. RTX 20과 V100까지의 오래된 GPU는 bf16으로 계산하지 못해서 목록에 나오지 않아요. fp32는 메모리를 두 배쯤 쓰고 훨씬 오래 걸려요.</translation>
    </message>
    <message>
        <source>GPT-2 was made with fp32. bf16 is far quicker, and rounds what the states differ by.</source>
        <translation>GPT-2는 fp32로 만들어졌어요. bf16은 훨씬 빠르지만, 상태끼리의 작은 차이를 반올림해요.</translation>
    </message>
    <message>
        <source>Here everything is computed in full precision: there is nothing to compare.</source>
        <translation>여기서는 모두 최고 정밀도로 계산하므로 비교할 것이 없어요.</translation>
    </message>
    <message>
        <source>200 items are computed in fp32 too, and the result shows how far the vectors differ.</source>
        <translation>문항 200개를 fp32로도 계산해서, 벡터가 얼마나 다른지 결과에서 보여 줘요.</translation>
    </message>
    <message>
        <source>200 prompts are computed in fp32 too, and the result shows how far the states differ.</source>
        <translation>프롬프트 200개를 fp32로도 계산해서, 상태가 얼마나 다른지 결과에서 보여 줘요.</translation>
    </message>
    <message>
        <source>Takes about {time} more, {money}.</source>
        <translation>약 {time}, {money}이(가) 더 들어요.</translation>
    </message>
    <message>
        <source>{size}: {tokens} tokens each on average, about {time} and {money} in all.</source>
        <translation>{size}: 그림 한 장에 토큰 평균 {tokens}개, 모두 약 {time}, {money}.</translation>
    </message>
    <message>
        <source>{size}: changes nothing, all your pictures are smaller anyway.</source>
        <translation>{size}: 모든 그림이 이보다 작아서 달라지는 것이 없어요.</translation>
    </message>
    <message>
        <source>free</source>
        <translation>무료</translation>
    </message>
    <message numerus="yes">
        <source>The size of %n picture(s) is not known yet: counted as the largest allowed.</source>
        <translation>
            <numerusform>그림 %Ln장은 아직 크기를 몰라서, 가장 큰 것으로 쳤어요.</numerusform>
        </translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>지시문</translation>
    </message>
    <message>
        <source>What the model is told to look for. All items of one index must share it.</source>
        <translation>모델에게 무엇을 보라고 할지 알려 주는 글이에요. 한 색인의 모든 문항은 같은 지시문을 써야 해요.</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>Fewer make a smaller result and a quicker search, and tell items apart a little less well.</source>
        <translation>적을수록 결과가 작고 찾기가 빠르지만, 문항을 구별하는 힘이 조금 줄어요.</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Larger ones show small print, and take more time and money. Nothing is ever enlarged.</source>
        <translation>클수록 작은 글씨가 보이지만 시간과 돈이 더 들어요. 그림을 키우는 일은 없어요.</translation>
    </message>
    <message>
        <source>How the words become one vector. “For questions” is for what is searched with, not for what is to be found. The mean is only for adding to an old index made that way.</source>
        <translation>글이 벡터 하나가 되는 방식이에요. “질문용”은 찾을 대상이 아니라 찾을 때 쓰는 질문을 위한 것이에요. 평균은 그렇게 만든 예전 색인에 덧붙일 때만 쓰세요.</translation>
    </message>
    <message>
        <source>{n} pixels</source>
        <translation>{n} 화소</translation>
    </message>
</context>
<context>
    <name>NeighbourPanel</name>
    <message>
        <source>Similar items</source>
        <translation>비슷한 문항</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>뒤로</translation>
    </message>
</context>
<context>
    <name>NewRunPage</name>
    <message>
        <source>You have a half-made plan.</source>
        <translation>만들다 만 계획이 있어요.</translation>
    </message>
    <message>
        <source>With the sample items it is replaced. Your files are not touched, your choices are gone.</source>
        <translation>예제 문항을 쓰면 그 계획이 바뀌어요. 파일은 그대로 있고, 고른 내용은 사라져요.</translation>
    </message>
    <message>
        <source>Try it with the sample items</source>
        <translation>예제 문항으로 해 보기</translation>
    </message>
    <message>
        <source>Keep my plan</source>
        <translation>내 계획 그대로 두기</translation>
    </message>
    <message>
        <source>Sample items</source>
        <translation>예제 문항</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>뒤로</translation>
    </message>
    <message>
        <source>Starting...</source>
        <translation>시작하는 중…</translation>
    </message>
    <message>
        <source>One moment...</source>
        <translation>잠시만요…</translation>
    </message>
    <message>
        <source>Go to {page}</source>
        <translation>{page}(으)로 가기</translation>
    </message>
    <message>
        <source>Next: {page}</source>
        <translation>다음: {page}</translation>
    </message>
    <message>
        <source>Start and spend up to {money}</source>
        <translation>시작하고 최대 {money} 쓰기</translation>
    </message>
    <message>
        <source>Start (free)</source>
        <translation>시작(무료)</translation>
    </message>
    <message>
        <source>Choose which of two items with the same id to keep.</source>
        <translation>번호가 같은 두 문항 가운데 어느 것을 남길지 골라 주세요.</translation>
    </message>
    <message>
        <source>Looking for machines...</source>
        <translation>장비를 찾고 있어요…</translation>
    </message>
</context>
<context>
    <name>OfferTable</name>
    <message>
        <source>Machines</source>
        <translation>장비</translation>
    </message>
</context>
<context>
    <name>OffersModel</name>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>This run costs</source>
        <translation>이 실행 비용</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>걸리는 시간</translation>
    </message>
    <message>
        <source>An hour</source>
        <translation>시간당</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>위치</translation>
    </message>
    <message>
        <source>Reliable</source>
        <translation>신뢰도</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>내려받기</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>디스크</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>이 컴퓨터</translation>
    </message>
    <message>
        <source>{memory}, {cores} cores</source>
        <translation>{memory}, 코어 {cores}개</translation>
    </message>
    <message>
        <source>{place} (data centre)</source>
        <translation>{place}(데이터 센터)</translation>
    </message>
    <message>
        <source>here</source>
        <translation>여기</translation>
    </message>
    <message>
        <source>{money} (pretend)</source>
        <translation>{money} (가상)</translation>
    </message>
</context>
<context>
    <name>PracticeCard</name>
    <message>
        <source>This computer (practice)</source>
        <translation>이 컴퓨터(연습)</translation>
    </message>
    <message>
        <source>A whole run, from items to neighbours, played here: the same steps as on a rented machine, for free.</source>
        <translation>문항부터 비슷한 문항 찾기까지, 실행 전체를 여기서 해 봐요. 대여한 장비에서와 같은 단계를 무료로 거쳐요.</translation>
    </message>
    <message>
        <source>What it can do</source>
        <translation>할 수 있는 것</translation>
    </message>
    <message>
        <source>Show every step of a run before any money is spent.</source>
        <translation>돈을 쓰기 전에 실행의 모든 단계를 미리 보여 줘요.</translation>
    </message>
    <message>
        <source>Embed thousands of texts and hundreds of pictures in minutes, with small models.</source>
        <translation>작은 모델로 글 수천 개와 그림 수백 장을 몇 분 만에 임베딩해요.</translation>
    </message>
    <message>
        <source>Give a real result: checked vectors, in which you can look for neighbours.</source>
        <translation>진짜 결과를 줘요. 검증된 벡터에서 비슷한 문항을 찾아볼 수 있어요.</translation>
    </message>
    <message>
        <source>What it cannot do</source>
        <translation>할 수 없는 것</translation>
    </message>
    <message>
        <source>Understand as well as the large models on a rented GPU.</source>
        <translation>대여한 GPU의 큰 모델만큼 잘 이해하지는 못해요.</translation>
    </message>
    <message>
        <source>See text and picture together: text finds text, pictures find pictures.</source>
        <translation>글과 그림을 함께 보지는 못해요. 글은 글을, 그림은 그림을 찾아요.</translation>
    </message>
    <message>
        <source>Go on while this computer sleeps or is switched off.</source>
        <translation>이 컴퓨터가 잠들거나 꺼져 있는 동안에는 계속하지 못해요.</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>살펴보는 중…</translation>
    </message>
    <message>
        <source>Looking at this computer</source>
        <translation>이 컴퓨터를 살펴보고 있어요</translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>코어 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{name}: {cores}, {memory} of memory, {disk} free on the disk</source>
        <translation>{name}: {cores}, 메모리 {memory}, 디스크 여유 {disk}</translation>
    </message>
    <message>
        <source>✓ Ready</source>
        <translation>✓ 준비됨</translation>
    </message>
    <message>
        <source>Not ready</source>
        <translation>준비되지 않음</translation>
    </message>
    <message>
        <source>This computer cannot play a machine now</source>
        <translation>지금은 이 컴퓨터가 장비 역할을 할 수 없어요</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>다시 살펴보기</translation>
    </message>
    <message>
        <source>No account and no key needed</source>
        <translation>계정도 키도 필요 없어요</translation>
    </message>
    <message>
        <source>Free: prices are shown as a rehearsal, nobody bills them</source>
        <translation>무료예요. 가격은 연습으로 보여 줄 뿐, 아무도 청구하지 않아요</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>As the model will read them</source>
        <translation>모델이 읽을 모습</translation>
    </message>
    <message>
        <source>Three of your items are shown here, as soon as they are read.</source>
        <translation>문항을 읽는 대로 세 개를 여기에 보여 줘요.</translation>
    </message>
    <message>
        <source>Three others</source>
        <translation>다른 세 개</translation>
    </message>
    <message>
        <source>Change how items become text</source>
        <translation>문항을 글로 바꾸는 방법 바꾸기</translation>
    </message>
</context>
<context>
    <name>ProblemsDialog</name>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>문항 %Ln개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProblemsModel</name>
    <message>
        <source>Item</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>위치</translation>
    </message>
    <message>
        <source>What it names</source>
        <translation>가리키는 것</translation>
    </message>
</context>
<context>
    <name>ProgressCard</name>
    <message>
        <source>Items done</source>
        <translation>끝난 문항</translation>
    </message>
    <message>
        <source>Items a second</source>
        <translation>초당 문항</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>진행</translation>
    </message>
    <message>
        <source>of {whole} items</source>
        <translation>/ {whole} 문항</translation>
    </message>
    <message>
        <source>items a second, last {time}</source>
        <translation>초당 문항 수, 최근 {time}</translation>
    </message>
    <message>
        <source>{rate} · {time} left</source>
        <translation>{rate} · {time} 남음</translation>
    </message>
    <message>
        <source>over since {moment}</source>
        <translation>{moment}에 끝남</translation>
    </message>
    <message>
        <source>done {clock}</source>
        <translation>{clock} 완료 예정</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{part} / {whole}</translation>
    </message>
    <message>
        <source>Uploaded</source>
        <translation>올림</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Pieces on this computer</source>
        <translation>이 컴퓨터에 온 조각</translation>
    </message>
    <message>
        <source>Left out or without picture</source>
        <translation>제외하거나 그림을 뺀 문항</translation>
    </message>
    <message>
        <source>{part}, {speed}/s</source>
        <translation>{part}, 초당 {speed}</translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message>
        <source>Open folder</source>
        <translation>폴더 열기</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Opening the result</source>
        <translation>결과를 여는 중</translation>
    </message>
    <message>
        <source>{number} vectors</source>
        <translation>벡터 {number}개</translation>
    </message>
    <message>
        <source>{number} dimensions</source>
        <translation>{number}차원</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>reading the items</source>
        <translation>문항 읽는 중</translation>
    </message>
    <message>
        <source>being checked</source>
        <translation>검증 중</translation>
    </message>
    <message>
        <source>checked</source>
        <translation>검증 완료</translation>
    </message>
    <message numerus="yes">
        <source>%n check(s) failed</source>
        <translation>
            <numerusform>검증 %Ln개 실패</numerusform>
        </translation>
    </message>
    <message>
        <source>free (practice)</source>
        <translation>무료(연습)</translation>
    </message>
    <message>
        <source>{money} in all (estimate {estimate})</source>
        <translation>총 {money} (예상 {estimate})</translation>
    </message>
    <message>
        <source>Vectors and neighbours are here and work. Texts and pictures show again when the files do.</source>
        <translation>벡터와 비슷한 문항은 그대로 쓸 수 있어요. 글과 그림은 파일이 돌아오면 다시 보여요.</translation>
    </message>
    <message>
        <source>Only the ids of these items can be shown</source>
        <translation>지금은 문항 번호만 보여 줄 수 있어요</translation>
    </message>
    <message>
        <source>What you see is what the files say now. The vectors are of what they said then.</source>
        <translation>보이는 것은 지금 파일에 있는 내용이고, 벡터는 그때의 내용으로 만든 것이에요.</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) can no longer be found.</source>
        <translation>
            <numerusform>문항 %Ln개를 더 이상 찾을 수 없어요.</numerusform>
        </translation>
    </message>
    <message>
        <source>The items have changed since this run</source>
        <translation>이 실행 뒤로 문항이 바뀌었어요</translation>
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message>
        <source>In words</source>
        <translation>글로 읽기</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>예상</translation>
    </message>
    <message>
        <source>What was chosen</source>
        <translation>고른 것</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>확인</translation>
    </message>
    <message>
        <source>Is this what you want?</source>
        <translation>이대로 할까요?</translation>
    </message>
    <message>
        <source>Nothing has been rented, sent or billed yet.</source>
        <translation>아직 빌린 것도, 보낸 것도, 과금된 것도 없어요.</translation>
    </message>
    <message>
        <source>Not everything is known yet.</source>
        <translation>아직 알아보는 중이에요.</translation>
    </message>
    <message>
        <source>Started now, it is done about {time}.</source>
        <translation>지금 시작하면 {time}쯤 끝나요.</translation>
    </message>
    <message>
        <source>The money is pretended: nobody will ever bill it.</source>
        <translation>가상의 돈이에요. 아무도 청구하지 않아요.</translation>
    </message>
    <message>
        <source>What it really takes depends on the machine. The receipt afterwards shows both side by side.</source>
        <translation>실제로는 장비에 따라 달라요. 끝나면 사용 내역에서 둘을 나란히 보여 줘요.</translation>
    </message>
    <message>
        <source>The run will cost about {money}, and there is {credit} of credit. At zero the provider stops the machine, and may delete what is on it.</source>
        <translation>이번 실행에는 약 {money}쯤 드는데 잔액은 {credit}이에요. 잔액이 0이 되면 업체가 장비를 멈추고, 그 안에 있는 것을 지울 수도 있어요.</translation>
    </message>
    <message>
        <source>The credit is not enough for this run</source>
        <translation>이번 실행을 하기에 잔액이 모자라요</translation>
    </message>
    <message>
        <source>Go to Accounts</source>
        <translation>계정으로 가기</translation>
    </message>
    <message numerus="yes">
        <source>%n of them with a picture</source>
        <translation>
            <numerusform>그중 그림 있는 문항 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s)</source>
        <translation>
            <numerusform>문항 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n prompt(s)</source>
        <translation>
            <numerusform>프롬프트 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{items}, {pictures}</source>
        <translation>{items}, {pictures}</translation>
    </message>
    <message>
        <source>Embark will embed {what}, with {model}, on this computer. It takes about {time} and costs nothing: this computer plays the rented machine, and nothing leaves it.</source>
        <translation>Embark가 이 컴퓨터에서 {model} 모델로 임베딩해요: {what}. {time}쯤 걸리고 돈은 들지 않아요. 이 컴퓨터가 대여한 장비 역할을 하고, 아무것도 밖으로 나가지 않아요.</translation>
    </message>
    <message>
        <source>Embark will rent {machine} in {place} for about {time} and embed {what}, with {model}. It will pay about {money}, never more than {limit}.</source>
        <translation>Embark가 {place}에 있는 {machine} 장비를 {time}쯤 빌려 {model} 모델로 임베딩해요: {what}. 약 {money}를 내고, {limit}를 넘기지 않아요.</translation>
    </message>
    <message>
        <source>Every vector is fetched to this computer and checked, then the machine is destroyed by itself.</source>
        <translation>모든 벡터를 이 컴퓨터로 내려받아 검증한 다음, 장비를 스스로 완전 삭제해요.</translation>
    </message>
    <message>
        <source>Every vector is fetched and checked, then you are asked to destroy the practice machine, as you would be with a real one.</source>
        <translation>모든 벡터를 내려받아 검증한 다음, 실제 장비처럼 연습 장비를 완전 삭제할지 물어봐요.</translation>
    </message>
    <message>
        <source>Every vector is fetched to this computer and checked, then you are asked to destroy the machine. Until you answer, it is billed at {price}.</source>
        <translation>모든 벡터를 이 컴퓨터로 내려받아 검증한 다음, 장비를 완전 삭제할지 물어봐요. 답할 때까지 {price}로 과금돼요.</translation>
    </message>
    <message>
        <source>Getting the machine ready</source>
        <translation>장비 준비</translation>
    </message>
    <message>
        <source>Uploading your items, meanwhile</source>
        <translation>그동안 문항 올리기</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>임베딩</translation>
    </message>
    <message>
        <source>Fetching the vectors, meanwhile</source>
        <translation>그동안 벡터 내려받기</translation>
    </message>
    <message>
        <source>What is sent and downloaded</source>
        <translation>보내고 내려받는 데이터</translation>
    </message>
    <message>
        <source>In all</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>less than 1 s</source>
        <translation>1초 미만</translation>
    </message>
    <message>
        <source>{time}, {money}</source>
        <translation>{time}, {money}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>장비</translation>
    </message>
    <message>
        <source>Uploading your table, meanwhile</source>
        <translation>그동안 표 올리기</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>이 컴퓨터</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>한도</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Worth a look</source>
        <translation>살펴볼 것</translation>
    </message>
    <message>
        <source>{place} (data centre)</source>
        <translation>{place}(데이터 센터)</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>위치</translation>
    </message>
    <message>
        <source>Price, with its disk</source>
        <translation>가격(디스크 포함)</translation>
    </message>
    <message>
        <source>May be interrupted</source>
        <translation>중단될 수 있음</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>예</translation>
    </message>
    <message>
        <source>Credit</source>
        <translation>잔액</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>Pause</source>
        <translation>일시 중지</translation>
    </message>
    <message>
        <source>Stop...</source>
        <translation>멈추기…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Look at the result</source>
        <translation>결과 보기</translation>
    </message>
    <message>
        <source>This run was stopped before it was complete.</source>
        <translation>이 실행은 다 끝나기 전에 멈췄어요.</translation>
    </message>
    <message>
        <source>{part} items are embedded and on this computer.</source>
        <translation>임베딩되어 이 컴퓨터에 있는 문항: {part}.</translation>
    </message>
    <message>
        <source>Continue: only what is missing is done.</source>
        <translation>계속을 누르면 빠진 것만 해요.</translation>
    </message>
    <message>
        <source>Go to Accounts</source>
        <translation>계정으로 가기</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>새 실행</translation>
    </message>
    <message>
        <source>What is done is kept, and so is {machine}: it still costs {rate} while nothing is embedded.</source>
        <translation>끝난 것은 그대로 두고 {machine} 장비도 남겨 둬요. 임베딩하지 않는 동안에도 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Pause this run?</source>
        <translation>이 실행을 일시 중지할까요?</translation>
    </message>
    <message>
        <source>What is finished is brought home first. Then you are asked about the machine.</source>
        <translation>끝난 것을 먼저 내려받고, 그다음 장비를 어떻게 할지 물어봐요.</translation>
    </message>
    <message>
        <source>The run can be continued later: only what is missing is done then.</source>
        <translation>실행은 나중에 계속할 수 있고, 그때는 빠진 것만 해요.</translation>
    </message>
    <message>
        <source>Stop this run?</source>
        <translation>이 실행을 멈출까요?</translation>
    </message>
    <message>
        <source>Stop the run</source>
        <translation>실행 멈추기</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>그냥 계속하기</translation>
    </message>
</context>
<context>
    <name>RunRow</name>
    <message>
        <source>items</source>
        <translation>문항</translation>
    </message>
    <message>
        <source>free</source>
        <translation>무료</translation>
    </message>
    <message>
        <source>practice</source>
        <translation>연습</translation>
    </message>
    <message>
        <source>so far</source>
        <translation>지금까지</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>지켜보기</translation>
    </message>
    <message>
        <source>Continue...</source>
        <translation>계속하기…</translation>
    </message>
    <message>
        <source>Destroy the machine...</source>
        <translation>장비 완전 삭제…</translation>
    </message>
    <message>
        <source>Look at the result</source>
        <translation>결과 보기</translation>
    </message>
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>새 실행</translation>
    </message>
    <message>
        <source>Show older runs</source>
        <translation>지난 실행 더 보기</translation>
    </message>
    <message>
        <source>Try it with the sample items</source>
        <translation>예제 문항으로 해 보기</translation>
    </message>
    <message>
        <source>About 250 exam items in Korean and English, two thirds with a picture. Everything stays on this computer: free, no account, about 2 minutes.</source>
        <translation>한국어와 영어 시험 문항 약 250개이며, 그중 3분의 2에 그림이 있어요. 모든 것이 이 컴퓨터에 남아요: 무료, 계정 없음, 약 2분.</translation>
    </message>
    <message>
        <source>Begin with your own items</source>
        <translation>내 문항으로 시작하기</translation>
    </message>
    <message>
        <source>Choose your files and pictures, a model and a machine. You see what it will cost before anything starts.</source>
        <translation>파일과 그림, 모델과 장비를 골라요. 시작하기 전에 비용이 얼마나 들지 볼 수 있어요.</translation>
    </message>
    <message>
        <source>Nothing has run yet. What would you like to do?</source>
        <translation>아직 실행한 것이 없어요. 무엇을 해 볼까요?</translation>
    </message>
</context>
<context>
    <name>SeriesCard</name>
    <message>
        <source>The windows of the series</source>
        <translation>시계열의 구간</translation>
    </message>
    <message>
        <source>History</source>
        <translation>과거 길이</translation>
    </message>
    <message>
        <source>Step between windows</source>
        <translation>구간 간격</translation>
    </message>
    <message>
        <source>So many values the model is told.</source>
        <translation>모델에 알려 주는 값의 개수예요.</translation>
    </message>
    <message>
        <source>Output lengths</source>
        <translation>예측 길이</translation>
    </message>
    <message>
        <source>So many values follow. Each has its own result.</source>
        <translation>뒤따르는 값의 개수예요. 길이마다 결과가 따로 나와요.</translation>
    </message>
    <message>
        <source>Part of the file</source>
        <translation>파일의 부분</translation>
    </message>
    <message>
        <source>Each part is a run of its own.</source>
        <translation>부분마다 따로 실행해요.</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>부분 나누기</translation>
    </message>
    <message>
        <source>Where one part ends and the next begins.</source>
        <translation>한 부분이 끝나고 다음 부분이 시작되는 곳이에요.</translation>
    </message>
    <message>
        <source>1 takes every window there is.</source>
        <translation>1이면 가능한 모든 구간을 써요.</translation>
    </message>
    <message>
        <source>Wording</source>
        <translation>표현</translation>
    </message>
    <message>
        <source>What the prompts call the numbers.</source>
        <translation>프롬프트에서 숫자를 부르는 말이에요.</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>마스크</translation>
    </message>
    <message>
        <source>Numbers and words do not see each other. TimeKD takes their places from the last variable.</source>
        <translation>숫자와 단어는 서로를 보지 못해요. TimeKD는 그 자리를 마지막 변수에서 가져와요.</translation>
    </message>
    <message>
        <source>As TimeKD&apos;s tool</source>
        <translation>TimeKD 도구와 똑같이</translation>
    </message>
    <message>
        <source>Each prompt by itself</source>
        <translation>프롬프트마다 따로</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>시험</translation>
    </message>
    <message>
        <source>The whole file</source>
        <translation>파일 전체</translation>
    </message>
    <message>
        <source>70, 10 and 20 percent</source>
        <translation>70, 10, 20퍼센트</translation>
    </message>
    <message>
        <source>ETT by the hour</source>
        <translation>ETT 1시간 간격</translation>
    </message>
    <message>
        <source>ETT by 15 minutes</source>
        <translation>ETT 15분 간격</translation>
    </message>
    <message>
        <source>values</source>
        <translation>값(values)</translation>
    </message>
    <message>
        <source>exchange rates</source>
        <translation>환율(exchange rates)</translation>
    </message>
    <message>
        <source>Later values too</source>
        <translation>뒤의 값도 보임</translation>
    </message>
    <message>
        <source>The machine looks whether the model can read every prompt whole, before it embeds any.</source>
        <translation>모델이 모든 프롬프트를 끝까지 읽을 수 있는지는 임베딩을 시작하기 전에 장비에서 확인해요.</translation>
    </message>
    <message>
        <source>The longest prompt, with output length {length}, has {tokens} of the {limit} tokens it may have.</source>
        <translation>가장 긴 프롬프트(예측 길이 {length})는 {tokens}토큰이며, {limit}토큰까지 가능해요.</translation>
    </message>
    <message>
        <source>The longest prompt, with output length {length}, has {tokens} tokens; {limit} are possible.</source>
        <translation>가장 긴 프롬프트(예측 길이 {length})가 {tokens}토큰이에요. {limit}토큰까지만 가능해요.</translation>
    </message>
</context>
<context>
    <name>SeriesTab</name>
    <message>
        <source>One result for each output length</source>
        <translation>예측 길이마다 결과 하나</translation>
    </message>
    <message>
        <source>Plain arrays, windows by variables by numbers, that every program for numbers can open.</source>
        <translation>구간 × 변수 × 숫자로 된 일반 배열이며, 수치 계산 프로그램이면 어디서나 열 수 있어요.</translation>
    </message>
    <message>
        <source>Files for TimeKD&apos;s training</source>
        <translation>TimeKD 학습용 파일</translation>
    </message>
    <message>
        <source>One HDF5 file a window, as its own tool writes them. Both prompts are joined by a layer of chance numbers; the same seed always gives the same layer.</source>
        <translation>TimeKD 도구가 쓰는 것처럼 구간마다 HDF5 파일 하나예요. 두 프롬프트는 난수로 만든 층 하나로 합쳐지며, 시드가 같으면 층도 항상 같아요.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Write HDF5 files...</source>
        <translation>HDF5 파일 쓰기...</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>쓴 양</translation>
    </message>
    <message>
        <source>{windows} windows x {variables} variables x {numbers}</source>
        <translation>구간 {windows} × 변수 {variables} × {numbers}</translation>
    </message>
    <message>
        <source>Length {length}</source>
        <translation>길이 {length}</translation>
    </message>
    <message>
        <source>For each length two files, such as {files}.</source>
        <translation>길이마다 파일 두 개가 있어요(예: {files}).</translation>
    </message>
    <message>
        <source>A history prompt ends in words, and under the mask words see no numbers: its vector tells how long the prompt is, and little else. As TimeKD&apos;s tool masks, that is so for the last variable alone.</source>
        <translation>과거(history) 프롬프트는 단어로 끝나는데, 이 마스크에서는 단어가 숫자를 보지 못해요. 그래서 그 벡터는 프롬프트의 길이 말고는 거의 아무것도 말해 주지 않아요. TimeKD 도구의 마스크로는 마지막 변수만 그래요.</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s), about {size}</source>
        <translation>
            <numerusform>파일 %Ln개, 약 {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) written to {folder}</source>
        <translation>
            <numerusform>{folder}에 파일 %Ln개를 썼어요</numerusform>
        </translation>
    </message>
    <message>
        <source>An empty folder for the HDF5 files</source>
        <translation>HDF5 파일을 담을 빈 폴더</translation>
    </message>
    <message>
        <source>{part} of {whole} files</source>
        <translation>파일 {whole}개 중 {part}개</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Every change holds at once.</source>
        <translation>바꾸면 바로 적용돼요.</translation>
    </message>
    <message>
        <source>Embark {version}</source>
        <translation>Embark {version}</translation>
    </message>
    <message>
        <source>Language and look</source>
        <translation>언어와 모양</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>시스템에 맞춤</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Each run gets a folder of its own in here, unless you choose another.</source>
        <translation>다른 곳을 고르지 않으면 실행마다 이 안에 폴더가 하나씩 생겨요.</translation>
    </message>
    <message>
        <source>Folder for results</source>
        <translation>결과 폴더</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>폴더 고르기…</translation>
    </message>
    <message>
        <source>Use the usual folder</source>
        <translation>기본 폴더 쓰기</translation>
    </message>
    <message>
        <source>Notices on this computer</source>
        <translation>이 컴퓨터의 알림</translation>
    </message>
    <message>
        <source>A run is over</source>
        <translation>실행이 끝났을 때</translation>
    </message>
    <message>
        <source>A run waits for an answer</source>
        <translation>실행이 답을 기다릴 때</translation>
    </message>
    <message>
        <source>A machine is billed and nothing comes of it</source>
        <translation>장비가 하는 일 없이 과금될 때</translation>
    </message>
    <message>
        <source>80 % of a run&apos;s limit is spent</source>
        <translation>실행 한도의 80%를 썼을 때</translation>
    </message>
    <message>
        <source>When something goes wrong</source>
        <translation>문제가 생겼을 때</translation>
    </message>
    <message>
        <source>The log says what Embark did, without keys and passwords.</source>
        <translation>기록에는 Embark가 한 일이 남고, 키와 비밀번호는 들어가지 않아요.</translation>
    </message>
    <message>
        <source>Open the folder of the log</source>
        <translation>기록 폴더 열기</translation>
    </message>
</context>
<context>
    <name>SideBar</name>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>새 실행</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>계정</translation>
    </message>
    <message>
        <source>Bill</source>
        <translation>과금</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message>
        <source>Drop your files, folders or zips here</source>
        <translation>파일, 폴더, zip을 여기에 놓으세요</translation>
    </message>
    <message>
        <source>Items: JSON or JSON Lines, in one file or many. Pictures: a zip or a folder, or none.</source>
        <translation>문항: JSON이나 JSON Lines 파일 하나 또는 여러 개. 그림: zip이나 폴더, 없어도 돼요.</translation>
    </message>
    <message>
        <source>Or a time series: one CSV file with a column of dates.</source>
        <translation>또는 시계열: 날짜 열이 있는 CSV 파일 하나.</translation>
    </message>
    <message>
        <source>Add files...</source>
        <translation>파일 추가…</translation>
    </message>
    <message>
        <source>Add folder...</source>
        <translation>폴더 추가…</translation>
    </message>
    <message>
        <source>Try it with the sample items</source>
        <translation>예제 문항으로 해 보기</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) in this folder are not used</source>
        <translation>
            <numerusform>이 폴더에서 쓰지 않는 파일 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>다시 읽기</translation>
    </message>
    <message>
        <source>{path}: click to take it out</source>
        <translation>{path}: 누르면 빠져요</translation>
    </message>
    <message>
        <source>Take out {name}</source>
        <translation>{name} 빼기</translation>
    </message>
    <message>
        <source>Files with items or pictures</source>
        <translation>문항이나 그림이 든 파일</translation>
    </message>
    <message>
        <source>Items and pictures ({patterns})</source>
        <translation>문항과 그림 ({patterns})</translation>
    </message>
    <message>
        <source>All files ({patterns})</source>
        <translation>모든 파일 ({patterns})</translation>
    </message>
    <message>
        <source>Folder with items or pictures</source>
        <translation>문항이나 그림이 든 폴더</translation>
    </message>
</context>
<context>
    <name>SpendMeter</name>
    <message>
        <source>Money spent of the limit</source>
        <translation>한도에서 쓴 돈</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>무료</translation>
    </message>
    <message>
        <source>practice</source>
        <translation>연습</translation>
    </message>
    <message>
        <source>The price below is pretend: nothing is charged.</source>
        <translation>아래 가격은 가상이에요. 청구되는 돈은 없어요.</translation>
    </message>
    <message>
        <source>The whole limit is spent.</source>
        <translation>한도를 모두 썼어요.</translation>
    </message>
    <message>
        <source>Over 80 % of the limit is spent. At the limit the run ends and comes home.</source>
        <translation>한도의 80%를 넘게 썼어요. 한도에 이르면 끝난 것을 내려받고 실행이 끝나요.</translation>
    </message>
    <message>
        <source>expected in all {money}</source>
        <translation>모두 {money} 예상</translation>
    </message>
    <message>
        <source>limit {money}</source>
        <translation>한도 {money}</translation>
    </message>
    <message>
        <source>Pretend money so far</source>
        <translation>지금까지 가상 비용</translation>
    </message>
    <message>
        <source>nothing now</source>
        <translation>지금은 없음</translation>
    </message>
    <message>
        <source>Pretend price</source>
        <translation>가상 가격</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>가격</translation>
    </message>
    <message>
        <source>Left to the limit</source>
        <translation>한도까지 남은 돈</translation>
    </message>
    <message>
        <source>Spent embedding</source>
        <translation>임베딩에 쓴 비율</translation>
    </message>
</context>
<context>
    <name>TemplateEditor</name>
    <message>
        <source>How items become text</source>
        <translation>문항을 글로 바꾸는 방법</translation>
    </message>
    <message>
        <source>Use this text</source>
        <translation>이 양식 쓰기</translation>
    </message>
    <message>
        <source>Close without a change</source>
        <translation>바꾸지 않고 닫기</translation>
    </message>
    <message>
        <source>As it came</source>
        <translation>처음 상태로</translation>
    </message>
    <message>
        <source>Words in brackets are filled in for each item.</source>
        <translation>괄호 안의 말은 문항마다 채워져요.</translation>
    </message>
</context>
<context>
    <name>UnownedMachines</name>
    <message>
        <source>A practice machine belongs to no run (free)</source>
        <translation>어떤 실행에도 속하지 않은 연습 장비가 있어요(무료)</translation>
    </message>
    <message>
        <source>{machine} is a folder on this computer. Destroying it deletes that folder and nothing else.</source>
        <translation>{machine} 장비는 이 컴퓨터의 폴더 하나예요. 완전 삭제하면 그 폴더만 지워지고 다른 것은 그대로예요.</translation>
    </message>
    <message>
        <source>A machine belongs to no run and is being billed: {rate}</source>
        <translation>어떤 실행에도 속하지 않은 장비가 과금되고 있어요: {rate}</translation>
    </message>
    <message>
        <source>{machine} at {cloud} has cost {money} since {moment}. Destroying it ends the bill and wipes its disk for good.</source>
        <translation>{cloud}의 {machine} 장비에 {moment}부터 {money}가 들었어요. 완전 삭제하면 과금이 끝나고 디스크가 영구히 지워져요.</translation>
    </message>
    <message>
        <source>Destroy {machine}</source>
        <translation>{machine} 완전 삭제</translation>
    </message>
    <message>
        <source>Destroying {machine}...</source>
        <translation>{machine} 완전 삭제하는 중…</translation>
    </message>
</context>
<context>
    <name>UnusedDialog</name>
    <message>
        <source>Files that are not used</source>
        <translation>쓰지 않는 파일</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VastCard</name>
    <message>
        <source>GPUs of many owners all over the world, rented by the second and paid in advance.</source>
        <translation>세계 곳곳의 여러 주인이 내놓은 GPU를 초 단위로 빌려요. 요금은 선불이에요.</translation>
    </message>
    <message>
        <source>Paste the key here</source>
        <translation>여기에 키를 붙여 넣으세요</translation>
    </message>
    <message>
        <source>API key of Vast.ai</source>
        <translation>Vast.ai API 키</translation>
    </message>
    <message>
        <source>Check and keep</source>
        <translation>확인하고 보관</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>그만두기</translation>
    </message>
    <message>
        <source>It goes into the keyring of this computer and is never shown again. Nothing is rented by this.</source>
        <translation>키는 이 컴퓨터의 키링에 들어가고 다시는 보이지 않아요. 이것만으로는 아무것도 대여되지 않아요.</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>다시 확인</translation>
    </message>
    <message>
        <source>Add credit</source>
        <translation>잔액 채우기</translation>
    </message>
    <message>
        <source>Use another key</source>
        <translation>다른 키 쓰기</translation>
    </message>
    <message>
        <source>Forget the key…</source>
        <translation>키 지우기…</translation>
    </message>
    <message>
        <source>asked at {clock}</source>
        <translation>{clock}에 확인</translation>
    </message>
    <message>
        <source>Vast.ai does not accept this key</source>
        <translation>Vast.ai에서 이 키를 받아 주지 않아요</translation>
    </message>
    <message>
        <source>It was not kept. Copy it again from the page of keys, whole and without blanks.</source>
        <translation>키를 보관하지 않았어요. 키 페이지에서 빈칸 없이 전체를 다시 복사하세요.</translation>
    </message>
    <message>
        <source>This key allows too little</source>
        <translation>이 키로는 할 수 있는 것이 모자라요</translation>
    </message>
    <message>
        <source>It was not kept. Make a new one that allows {permissions}.</source>
        <translation>키를 보관하지 않았어요. 다음을 허용하는 키를 새로 만드세요: {permissions}.</translation>
    </message>
    <message>
        <source>Vast.ai does not answer</source>
        <translation>Vast.ai 쪽에서 응답이 없어요</translation>
    </message>
    <message>
        <source>The key was not checked and not kept. Check the network of this computer, then try again.</source>
        <translation>키를 확인하지 못했고 보관하지 않았어요. 이 컴퓨터의 인터넷을 확인한 뒤 다시 해 보세요.</translation>
    </message>
    <message>
        <source>Keep the key until Embark closes</source>
        <translation>Embark를 닫을 때까지 키 보관</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 해 보기</translation>
    </message>
    <message>
        <source>Open the page of keys</source>
        <translation>키 페이지 열기</translation>
    </message>
    <message>
        <source>Forget the key on this computer?</source>
        <translation>이 컴퓨터에서 키를 지울까요?</translation>
    </message>
    <message>
        <source>Machines that are rented go on and are billed, and Embark can then neither see nor destroy them. At Vast.ai the key still counts: delete it there too.</source>
        <translation>대여한 장비는 계속 돌아가며 과금되고, Embark는 그 장비를 볼 수도 완전 삭제할 수도 없게 돼요. Vast.ai에서는 키가 여전히 유효하니 그곳에서도 지우세요.</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>Forget it</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>살펴보는 중…</translation>
    </message>
    <message>
        <source>No key yet</source>
        <translation>아직 키 없음</translation>
    </message>
    <message>
        <source>Cannot be used now</source>
        <translation>지금은 쓸 수 없음</translation>
    </message>
    <message>
        <source>No credit</source>
        <translation>잔액 없음</translation>
    </message>
    <message>
        <source>✓ Ready, until Embark closes</source>
        <translation>✓ 준비됨, Embark를 닫을 때까지</translation>
    </message>
    <message>
        <source>✓ Ready</source>
        <translation>✓ 준비됨</translation>
    </message>
    <message>
        <source>The key is here, but Vast.ai does not let it in</source>
        <translation>키는 있지만 Vast.ai에서 받아 주지 않아요</translation>
    </message>
    <message>
        <source>Whether the key works is not known now</source>
        <translation>키가 맞는지 지금은 알 수 없어요</translation>
    </message>
    <message>
        <source>The key works; it is kept until Embark closes</source>
        <translation>키가 맞아요. Embark를 닫을 때까지 보관해요</translation>
    </message>
    <message>
        <source>The key works; it is in the keyring</source>
        <translation>키가 맞아요. 키링에 들어 있어요</translation>
    </message>
    <message>
        <source>Credit: not known now</source>
        <translation>잔액: 지금은 알 수 없어요</translation>
    </message>
    <message>
        <source>No credit: nothing can be rented</source>
        <translation>잔액이 없어서 아무것도 대여할 수 없어요</translation>
    </message>
    <message>
        <source>Credit: {money}</source>
        <translation>잔액: {money}</translation>
    </message>
    <message>
        <source>Whether your SSH key is known there is not known now</source>
        <translation>내 SSH 키가 그곳에 올라가 있는지 지금은 알 수 없어요</translation>
    </message>
    <message>
        <source>Your SSH key is known there</source>
        <translation>내 SSH 키가 그곳에 올라가 있어요</translation>
    </message>
    <message>
        <source>Your SSH key goes to each machine as it starts; this key may not add it to the account</source>
        <translation>내 SSH 키는 장비가 켜질 때마다 전해져요. 이 키로는 계정에 올려 둘 수 없어요</translation>
    </message>
    <message>
        <source>There is no SSH key to log in with</source>
        <translation>로그인할 SSH 키가 없어요</translation>
    </message>
    <message>
        <source>The run that you are preparing will cost about {cost}, and there is {credit} of credit.</source>
        <translation>준비 중인 실행에는 약 {cost}쯤 드는데 잔액은 {credit}이에요.</translation>
    </message>
    <message>
        <source>The credit is not enough for your run</source>
        <translation>준비 중인 실행을 하기에 잔액이 모자라요</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>A machine belongs to no run</source>
        <translation>어떤 실행에도 속하지 않은 장비가 있어요</translation>
    </message>
    <message>
        <source>Open Embark</source>
        <translation>Embark 열기</translation>
    </message>
    <message>
        <source>Close Embark</source>
        <translation>Embark 닫기</translation>
    </message>
    <message>
        <source>Go to Destroy</source>
        <translation>완전 삭제하러 가기</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>그대로 있기</translation>
    </message>
</context>
<context>
    <name>WorthALook</name>
    <message>
        <source>Save as CSV</source>
        <translation>CSV로 저장</translation>
    </message>
    <message>
        <source>Worth a look</source>
        <translation>살펴볼 것</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>바꾸기</translation>
    </message>
    <message numerus="yes">
        <source>Named by no item: %n picture(s), such as {names}. They may be the missing ones under other names.</source>
        <translation>
            <numerusform>어느 문항도 부르지 않는 그림이 %Ln장 있어요(예: {names}). 이름이 달라서 찾지 못한 그림일 수 있어요.</numerusform>
        </translation>
    </message>
    <message>
        <source>Save what is worth a look</source>
        <translation>살펴볼 것 저장</translation>
    </message>
    <message>
        <source>Could not be saved there: choose another folder</source>
        <translation>그곳에 저장하지 못했어요. 다른 폴더를 골라 주세요</translation>
    </message>
    <message>
        <source>Tables ({patterns})</source>
        <translation>표 ({patterns})</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>저장함</translation>
    </message>
</context>
<context>
    <name>format</name>
    <message>
        <source>{number} %</source>
        <translation>{number}%</translation>
    </message>
    <message>
        <source>{money} an hour</source>
        <translation>시간당 {money}</translation>
    </message>
    <message>
        <source>{number} GB</source>
        <translation>{number} GB</translation>
    </message>
    <message>
        <source>{number} MB</source>
        <translation>{number} MB</translation>
    </message>
    <message>
        <source>{number} KB</source>
        <translation>{number} KB</translation>
    </message>
    <message>
        <source>{number} bytes</source>
        <translation>{number}바이트</translation>
    </message>
    <message>
        <source>{used} of {total} GB</source>
        <translation>{used} / {total} GB</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{part} / {whole}</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s}초</translation>
    </message>
    <message>
        <source>{min} min {s} s</source>
        <translation>{min}분 {s}초</translation>
    </message>
    <message>
        <source>{min} min</source>
        <translation>{min}분</translation>
    </message>
    <message>
        <source>{h} h</source>
        <translation>{h}시간</translation>
    </message>
    <message>
        <source>{h} h {min} min</source>
        <translation>{h}시간 {min}분</translation>
    </message>
    <message>
        <source>{days} days {h} h</source>
        <translation>{days}일 {h}시간</translation>
    </message>
    <message>
        <source>{number} a second</source>
        <translation>초당 {number}개</translation>
    </message>
    <message>
        <source>Jan</source>
        <translation>1월</translation>
    </message>
    <message>
        <source>Feb</source>
        <translation>2월</translation>
    </message>
    <message>
        <source>Mar</source>
        <translation>3월</translation>
    </message>
    <message>
        <source>Apr</source>
        <translation>4월</translation>
    </message>
    <message>
        <source>May</source>
        <translation>5월</translation>
    </message>
    <message>
        <source>Jun</source>
        <translation>6월</translation>
    </message>
    <message>
        <source>Jul</source>
        <translation>7월</translation>
    </message>
    <message>
        <source>Aug</source>
        <translation>8월</translation>
    </message>
    <message>
        <source>Sep</source>
        <translation>9월</translation>
    </message>
    <message>
        <source>Oct</source>
        <translation>10월</translation>
    </message>
    <message>
        <source>Nov</source>
        <translation>11월</translation>
    </message>
    <message>
        <source>Dec</source>
        <translation>12월</translation>
    </message>
    <message>
        <source>{day} {month} {year}</source>
        <translation>{year}년 {month} {day}일</translation>
    </message>
    <message>
        <source>{date}, {clock}</source>
        <translation>{date} {clock}</translation>
    </message>
</context>
<context>
    <name>notices</name>
    <message>
        <source>The limit of {limit} is spent. What is finished is brought home, then it ends.</source>
        <translation>한도 {limit}을(를) 다 썼어요. 끝난 것을 내려받은 뒤 마쳐요.</translation>
    </message>
    <message>
        <source>{percent} of the limit is spent: {money} of {limit}.</source>
        <translation>한도의 {percent}를 썼어요: {limit} 가운데 {money}.</translation>
    </message>
    <message>
        <source>{machine} has waited for your answer for {time} and costs {rate}.</source>
        <translation>{machine} 장비가 {time}째 답을 기다리고 있고, {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Paused for {time}: {machine} still costs {rate}, {money} so far.</source>
        <translation>일시 중지한 지 {time} 됐어요. {machine} 장비에 {rate}씩, 지금까지 {money} 들었어요.</translation>
    </message>
    <message>
        <source>{machine} has been kept for {time} and costs {rate}, {money} so far.</source>
        <translation>{machine} 장비를 남겨 둔 지 {time} 됐어요. {rate}씩, 지금까지 {money} 들었어요.</translation>
    </message>
    <message>
        <source>{machine} has not been reached for {time} and costs {rate}.</source>
        <translation>{machine} 장비와 {time}째 연결되지 않고, {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Embark has tried to destroy {machine} for {time}. It may still cost {rate}.</source>
        <translation>Embark가 {time}째 {machine} 장비의 완전 삭제를 시도하고 있어요. 아직 {rate}씩 들 수 있어요.</translation>
    </message>
    <message>
        <source>The GPU of {machine} has done nothing for {time} and costs {rate}.</source>
        <translation>{machine} 장비의 GPU가 {time}째 아무 일도 하지 않고, {rate}씩 들어요.</translation>
    </message>
</context>
<context>
    <name>pages.new_run.model</name>
    <message>
        <source>About {time} on this computer, free</source>
        <translation>이 컴퓨터에서 {time}쯤, 무료</translation>
    </message>
    <message>
        <source>About {time} and {money} on a rented {machine}</source>
        <translation>대여한 {machine}에서 약 {time}, {money}</translation>
    </message>
    <message>
        <source>Does not fit: it needs {needed} without a GPU, and here are {memory}.</source>
        <translation>맞지 않아요. GPU 없이는 메모리 {needed}가 필요한데 이 컴퓨터에는 {memory}가 있어요.</translation>
    </message>
    <message>
        <source>Does not fit any machine on offer: the largest has {memory}.</source>
        <translation>빌릴 수 있는 장비에 맞지 않아요. 가장 큰 것이 {memory}예요.</translation>
    </message>
    <message>
        <source>Downloads {size} first, so it needs the network.</source>
        <translation>먼저 {size}를 내려받으므로 인터넷이 필요해요.</translation>
    </message>
    <message>
        <source>On a rented {machine}: about {time} and {money}.</source>
        <translation>대여한 {machine}에서는 약 {time}, {money}이에요.</translation>
    </message>
</context>
<context>
    <name>pages.new_run.page</name>
    <message>
        <source>the practice model</source>
        <translation>연습</translation>
    </message>
</context>
<context>
    <name>pages.new_run.recommended</name>
    <message>
        <source>Recommended: it is free and done in about {time}.</source>
        <translation>추천: 무료이고 {time}쯤이면 끝나요.</translation>
    </message>
    <message>
        <source>The only one that fits: {time} at {price}.</source>
        <translation>알맞은 장비는 이것 하나예요: {time}, {price}.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all. Another {other} costs less an hour, but takes much longer to download the model.</source>
        <translation>추천: 전체 비용이 가장 적어요. 시간당 가격이 더 낮은 {other} 장비도 있지만 모델을 내려받는 데 훨씬 오래 걸려요.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all. A {other} costs less an hour, but more for what is sent and downloaded.</source>
        <translation>추천: 전체 비용이 가장 적어요. {other} 장비는 시간당 가격은 더 낮지만 데이터를 보내고 내려받는 비용이 더 들어요.</translation>
    </message>
    <message>
        <source>Recommended: no other is cheaper, and this one is done first.</source>
        <translation>추천: 더 싼 장비가 없고, 이 장비가 가장 먼저 끝나요.</translation>
    </message>
    <message>
        <source>Recommended: no other is cheaper. It takes {time} at {price}.</source>
        <translation>추천: 더 싼 장비가 없어요. {time}, {price}.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all, {time} at {price}. The next would cost {saves} more.</source>
        <translation>추천: 전체 비용이 가장 적어요. {time}, {price}. 그다음 장비는 {saves} 더 들어요.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all. It costs more an hour than the {other}, but is done in less than a third of the time.</source>
        <translation>추천: 전체 비용이 가장 적어요. {other} 장비보다 시간당 가격은 높지만 3분의 1도 안 되는 시간에 끝나요.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all. It costs more an hour than the {other}, but is done in less than half the time.</source>
        <translation>추천: 전체 비용이 가장 적어요. {other} 장비보다 시간당 가격은 높지만 절반도 안 되는 시간에 끝나요.</translation>
    </message>
    <message>
        <source>Recommended: cheapest in all. It costs more an hour than the {other}, but is done sooner.</source>
        <translation>추천: 전체 비용이 가장 적어요. {other} 장비보다 시간당 가격은 높지만 더 빨리 끝나요.</translation>
    </message>
</context>
<context>
    <name>text.errors</name>
    <message>
        <source>Something did not work.</source>
        <translation>무언가 되지 않았어요.</translation>
    </message>
    <message>
        <source>Your items are untouched.</source>
        <translation>문항은 그대로예요.</translation>
    </message>
    <message>
        <source>Try again. If it happens again, the log in Settings says more.</source>
        <translation>다시 해 보세요. 또 그러면 설정의 기록에서 더 알아볼 수 있어요.</translation>
    </message>
    <message>
        <source>The items cannot be used as they are.</source>
        <translation>문항을 이대로는 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>Choose other files.</source>
        <translation>다른 파일을 골라 주세요.</translation>
    </message>
    <message>
        <source>The items are not the ones this run began with.</source>
        <translation>이 실행을 시작할 때의 문항과 달라요.</translation>
    </message>
    <message>
        <source>Old and new vectors are not mixed. What was embedded before is kept.</source>
        <translation>옛 벡터와 새 벡터를 섞지 않아요. 전에 임베딩한 것은 그대로 있어요.</translation>
    </message>
    <message>
        <source>Put the old files back and continue, or begin a new run with the new ones.</source>
        <translation>옛 파일을 되돌려 놓고 계속하거나, 새 파일로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>A key cannot be used.</source>
        <translation>키를 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>Look at the keys in Settings.</source>
        <translation>설정에서 키를 살펴보세요.</translation>
    </message>
    <message>
        <source>This computer has no safe place for keys that Embark can use.</source>
        <translation>이 컴퓨터에는 Embark가 키를 안전하게 둘 곳이 없어요.</translation>
    </message>
    <message>
        <source>Keys are never written to a plain file. They can be kept until Embark is closed.</source>
        <translation>키를 파일에 그대로 쓰는 일은 없어요. Embark를 닫을 때까지만 둘 수 있어요.</translation>
    </message>
    <message>
        <source>Set up a keyring (GNOME Keyring or KWallet), or give the key anew each time.</source>
        <translation>키링(GNOME Keyring이나 KWallet)을 설정하거나, 매번 키를 새로 넣어 주세요.</translation>
    </message>
    <message>
        <source>The keyring of this computer is locked.</source>
        <translation>이 컴퓨터의 키링이 잠겨 있어요.</translation>
    </message>
    <message>
        <source>The keyring of this computer did not answer for {time}.</source>
        <translation>이 컴퓨터의 키링이 {time} 동안 응답하지 않았어요.</translation>
    </message>
    <message>
        <source>Unlock it, then try again.</source>
        <translation>잠금을 푼 다음 다시 해 보세요.</translation>
    </message>
    <message>
        <source>{file} is not an SSH key.</source>
        <translation>{file} 파일은 SSH 키가 아니에요.</translation>
    </message>
    <message>
        <source>The passphrase does not open {file}.</source>
        <translation>이 암호문으로는 {file} 파일이 열리지 않아요.</translation>
    </message>
    <message>
        <source>The key in {file} is too long for a keyring.</source>
        <translation>{file} 파일의 키가 키링에 넣기에 너무 길어요.</translation>
    </message>
    <message>
        <source>{file} holds a kind of key that Embark does not use.</source>
        <translation>{file} 파일의 키는 Embark가 쓰지 않는 종류예요.</translation>
    </message>
    <message>
        <source>{file} is the public half of a key. The other half is needed.</source>
        <translation>{file} 파일은 키의 공개 부분이에요. 다른 한쪽이 필요해요.</translation>
    </message>
    <message>
        <source>There is a key already. A key is never overwritten.</source>
        <translation>이미 키가 있어요. 키를 덮어쓰는 일은 없어요.</translation>
    </message>
    <message>
        <source>The key in {file} cannot be used.</source>
        <translation>{file} 파일의 키를 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>Type the passphrase again.</source>
        <translation>암호문을 다시 넣어 주세요.</translation>
    </message>
    <message>
        <source>Choose the file of the same name without .pub.</source>
        <translation>이름이 같고 .pub가 없는 파일을 골라 주세요.</translation>
    </message>
    <message>
        <source>Keep it, or remove it first.</source>
        <translation>그대로 쓰거나 먼저 지워 주세요.</translation>
    </message>
    <message>
        <source>Choose another file, or let Embark make a key.</source>
        <translation>다른 파일을 고르거나, Embark에서 키를 만드세요.</translation>
    </message>
    <message>
        <source>The cloud could not do that.</source>
        <translation>클라우드에서 하지 못했어요.</translation>
    </message>
    <message>
        <source>{cloud} does not answer.</source>
        <translation>{cloud} 쪽에서 응답이 없어요.</translation>
    </message>
    <message>
        <source>What is billed there cannot be told until it answers. Your items are safe.</source>
        <translation>응답할 때까지 그곳에서 무엇이 과금되는지 알 수 없어요. 문항은 안전해요.</translation>
    </message>
    <message>
        <source>Embark keeps asking. Check the network of this computer.</source>
        <translation>Embark가 계속 확인할게요. 이 컴퓨터의 인터넷을 확인해 주세요.</translation>
    </message>
    <message>
        <source>Somebody else rented this machine first ({cloud}, {offer}).</source>
        <translation>다른 사람이 이 장비를 먼저 빌렸어요({cloud}, {offer}).</translation>
    </message>
    <message>
        <source>It was not rented and costs nothing.</source>
        <translation>빌리지 않았고 돈도 들지 않아요.</translation>
    </message>
    <message>
        <source>Choose another machine.</source>
        <translation>다른 장비를 골라 주세요.</translation>
    </message>
    <message>
        <source>{cloud} does not accept the key.</source>
        <translation>{cloud} 쪽에서 키를 받아 주지 않아요.</translation>
    </message>
    <message>
        <source>There is no key for {cloud} on this computer.</source>
        <translation>이 컴퓨터에 {cloud} 키가 없어요.</translation>
    </message>
    <message>
        <source>{cloud} says that the key may not do this.</source>
        <translation>{cloud} 쪽에서 이 키로는 할 수 없다고 해요.</translation>
    </message>
    <message>
        <source>{cloud} allows no more of this today.</source>
        <translation>{cloud} 쪽에서 오늘은 더 허용하지 않아요.</translation>
    </message>
    <message>
        <source>There is not enough credit at {cloud}.</source>
        <translation>{cloud} 잔액이 모자라요.</translation>
    </message>
    <message>
        <source>{cloud} has no machine now that fits this plan.</source>
        <translation>지금 {cloud}에는 이 계획에 맞는 장비가 없어요.</translation>
    </message>
    <message>
        <source>{cloud} did not understand what was asked.</source>
        <translation>{cloud} 쪽에서 요청을 알아듣지 못했어요.</translation>
    </message>
    <message>
        <source>{cloud} said no.</source>
        <translation>{cloud} 쪽에서 거절했어요.</translation>
    </message>
    <message>
        <source>Look at the key in Accounts.</source>
        <translation>계정에서 키를 살펴보세요.</translation>
    </message>
    <message>
        <source>Give the key in Accounts.</source>
        <translation>계정에서 키를 넣어 주세요.</translation>
    </message>
    <message>
        <source>Make a new key with the permissions that Accounts names.</source>
        <translation>계정에 적힌 권한으로 키를 새로 만들어 주세요.</translation>
    </message>
    <message>
        <source>Try again tomorrow, after midnight UTC.</source>
        <translation>내일(UTC 자정 뒤) 다시 해 보세요.</translation>
    </message>
    <message>
        <source>Add credit there, then continue.</source>
        <translation>그곳에서 잔액을 채운 뒤 계속하세요.</translation>
    </message>
    <message>
        <source>Continue later, or begin a new run with other machines or a higher price.</source>
        <translation>나중에 계속하거나, 다른 장비나 더 높은 가격으로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>Try again, or choose another machine.</source>
        <translation>다시 해 보거나 다른 장비를 골라 주세요.</translation>
    </message>
    <message>
        <source>Nothing new was rented. Your items are safe.</source>
        <translation>새로 빌린 것은 없어요. 문항은 안전해요.</translation>
    </message>
    <message>
        <source>{cloud} does not list machine #{id} any more.</source>
        <translation>{cloud} 목록에 #{id} 장비가 더는 없어요.</translation>
    </message>
    <message>
        <source>Machine #{id} at {cloud} did not come up in time.</source>
        <translation>{cloud}의 #{id} 장비가 제시간에 켜지지 않았어요.</translation>
    </message>
    <message>
        <source>Machine #{id} at {cloud} was stopped.</source>
        <translation>{cloud}의 #{id} 장비가 멈췄어요.</translation>
    </message>
    <message>
        <source>Machine #{id} is silent, {cloud} says, or can never run.</source>
        <translation>{cloud}의 #{id} 장비가 응답하지 않거나 켜질 수 없어요.</translation>
    </message>
    <message>
        <source>Machine #{id} at {cloud} is gone, or will never run.</source>
        <translation>{cloud}의 장비 #{id}가 사라졌거나 켜지지 않아요.</translation>
    </message>
    <message>
        <source>What had come home is safe. What was only there must be embedded again.</source>
        <translation>내려받은 것은 안전해요. 그곳에만 있던 것은 다시 임베딩해야 해요.</translation>
    </message>
    <message>
        <source>Continue: another machine is rented, and only what is missing is done.</source>
        <translation>계속을 누르면 다른 장비를 빌려 빠진 것만 해요.</translation>
    </message>
    <message>
        <source>What had come home is safe. The rest lies on its disk until it is destroyed.</source>
        <translation>내려받은 것은 안전해요. 나머지는 완전 삭제하기 전까지 그 장비의 디스크에 있어요.</translation>
    </message>
    <message>
        <source>Continue: it is started again. If it is gone, another one is rented.</source>
        <translation>계속을 누르면 이 장비를 다시 켜요. 장비가 없어졌다면 다른 장비를 빌려요.</translation>
    </message>
    <message>
        <source>The machine costs {rented}, not {shown} as it was shown.</source>
        <translation>장비 가격이 {rented}이에요. 화면에 보인 가격은 {shown}이었어요.</translation>
    </message>
    <message>
        <source>Nothing was sent to it.</source>
        <translation>아직 아무것도 보내지 않았어요.</translation>
    </message>
    <message>
        <source>Continue at this price, or choose another machine in a new run.</source>
        <translation>이 가격으로 계속하거나, 새 실행에서 다른 장비를 고르세요.</translation>
    </message>
    <message>
        <source>The limit of {limit} is reached.</source>
        <translation>한도 {limit}에 이르렀어요.</translation>
    </message>
    <message>
        <source>What is finished is brought to this computer. Nothing more is embedded.</source>
        <translation>끝난 것은 이 컴퓨터로 내려받아요. 더는 임베딩하지 않아요.</translation>
    </message>
    <message>
        <source>With a higher limit it goes on: only what is missing is embedded.</source>
        <translation>한도를 올리면 이어서 할 수 있고, 빠진 것만 임베딩해요.</translation>
    </message>
    <message>
        <source>The machine could not do its work.</source>
        <translation>장비가 일을 하지 못했어요.</translation>
    </message>
    <message>
        <source>Nothing on the machine could show that it can end the bill by itself.</source>
        <translation>장비가 스스로 과금을 끝낼 수 있는지 확인하지 못했어요.</translation>
    </message>
    <message>
        <source>If this computer is closed or offline, the machine is billed until you destroy it.</source>
        <translation>이 컴퓨터가 꺼지거나 인터넷이 끊기면, 완전 삭제할 때까지 장비가 과금돼요.</translation>
    </message>
    <message>
        <source>Destroy it, or continue and keep Embark open.</source>
        <translation>완전 삭제하거나, Embark를 켜 둔 채 계속하세요.</translation>
    </message>
    <message>
        <source>The connection to the machine broke.</source>
        <translation>장비와 연결이 끊겼어요.</translation>
    </message>
    <message>
        <source>The machine goes on by itself. Nothing is lost.</source>
        <translation>장비는 스스로 계속해요. 잃은 것은 없어요.</translation>
    </message>
    <message>
        <source>The machine cannot be reached now.</source>
        <translation>지금은 장비에 연결되지 않아요.</translation>
    </message>
    <message>
        <source>One that has just started takes a while; one that was at work goes on by itself.</source>
        <translation>막 켜진 장비라면 시간이 걸리고, 일하던 장비라면 스스로 계속해요.</translation>
    </message>
    <message>
        <source>Embark connects again by itself.</source>
        <translation>Embark가 스스로 다시 연결해요.</translation>
    </message>
    <message>
        <source>This is not the machine that was rented: its key is another ({found}).</source>
        <translation>빌린 장비가 아니에요. 장비 키가 달라요({found}).</translation>
    </message>
    <message>
        <source>Nothing was sent to it. What had come home is safe.</source>
        <translation>그 장비에 보낸 것은 없어요. 내려받은 것은 안전해요.</translation>
    </message>
    <message>
        <source>Destroy the machine and continue with another one.</source>
        <translation>장비를 완전 삭제하고 다른 장비로 계속하세요.</translation>
    </message>
    <message>
        <source>The machine does not let Embark in yet ({address}).</source>
        <translation>장비가 아직 Embark를 들여보내지 않아요({address}).</translation>
    </message>
    <message>
        <source>That is usual for a machine that has just started.</source>
        <translation>막 켜진 장비에서는 흔한 일이에요.</translation>
    </message>
    <message>
        <source>Embark tries again by itself.</source>
        <translation>Embark가 스스로 다시 시도해요.</translation>
    </message>
    <message>
        <source>The disk of the machine is full: {free} free, {needed} needed.</source>
        <translation>장비의 디스크가 가득 찼어요. 남은 공간 {free}, 필요한 공간 {needed}.</translation>
    </message>
    <message>
        <source>Continue on a machine with a larger disk.</source>
        <translation>디스크가 더 큰 장비에서 계속하세요.</translation>
    </message>
    <message>
        <source>The machine was rented with a GPU and shows none.</source>
        <translation>GPU가 있는 장비로 빌렸는데 GPU가 보이지 않아요.</translation>
    </message>
    <message>
        <source>The GPU of the machine cannot be used: {detail}.</source>
        <translation>장비의 GPU를 쓸 수 없어요: {detail}.</translation>
    </message>
    <message>
        <source>The GPU driver of the machine is too old: {detail}.</source>
        <translation>장비의 GPU 드라이버가 너무 오래됐어요: {detail}.</translation>
    </message>
    <message>
        <source>The GPU of the machine has {found} of memory; the model needs {needed}.</source>
        <translation>장비의 GPU 메모리는 {found}인데 모델에는 {needed}가 필요해요.</translation>
    </message>
    <message>
        <source>The machine has {found} of free disk; this run needs {needed}.</source>
        <translation>장비의 디스크에 {found}가 남아 있는데 이 실행에는 {needed}가 필요해요.</translation>
    </message>
    <message>
        <source>The machine downloads only {found} a second: the model would take too long.</source>
        <translation>장비가 초당 {found}밖에 내려받지 못해요. 모델을 받는 데 너무 오래 걸려요.</translation>
    </message>
    <message>
        <source>The machine cannot reach the place that models are fetched from.</source>
        <translation>장비가 모델을 받아 올 곳에 연결하지 못해요.</translation>
    </message>
    <message>
        <source>The machine is not what was rented.</source>
        <translation>빌린 것과 다른 장비예요.</translation>
    </message>
    <message>
        <source>Destroy it and continue: another machine is taken.</source>
        <translation>이 장비를 완전 삭제하고 계속하면 다른 장비를 써요.</translation>
    </message>
    <message>
        <source>The machine has no Python that Embark can use.</source>
        <translation>장비에 Embark가 쓸 수 있는 Python이 없어요.</translation>
    </message>
    <message>
        <source>The Python on the machine lacks what the model needs: {packages}.</source>
        <translation>장비의 Python에 모델이 필요로 하는 것이 없어요: {packages}.</translation>
    </message>
    <message>
        <source>Install them there ({python}), or continue on another machine.</source>
        <translation>그곳({python})에 설치하거나 다른 장비에서 계속하세요.</translation>
    </message>
    <message>
        <source>{name} did not arrive as it was sent.</source>
        <translation>{name}: 보낸 그대로 도착하지 않았어요.</translation>
    </message>
    <message>
        <source>The broken copy is not used. Nothing is lost.</source>
        <translation>깨진 사본은 쓰지 않아요. 잃은 것은 없어요.</translation>
    </message>
    <message>
        <source>Embark sends it again by itself.</source>
        <translation>Embark가 스스로 다시 보내요.</translation>
    </message>
    <message>
        <source>The machine could not do what it was asked ({verb}).</source>
        <translation>장비가 부탁받은 일을 하지 못했어요({verb}).</translation>
    </message>
    <message>
        <source>The embedding stopped.</source>
        <translation>임베딩이 멈췄어요.</translation>
    </message>
    <message>
        <source>The embedding was ended from outside.</source>
        <translation>임베딩이 밖에서 강제로 멈췄어요.</translation>
    </message>
    <message>
        <source>Continue: only what is missing is done.</source>
        <translation>계속을 누르면 빠진 것만 해요.</translation>
    </message>
    <message>
        <source>The machine ended the embedding, mostly because its memory ran out.</source>
        <translation>장비가 임베딩을 강제로 멈췄어요. 대개 메모리가 모자라서예요.</translation>
    </message>
    <message>
        <source>Close other programs or take a machine with more memory, then continue.</source>
        <translation>다른 프로그램을 닫거나 메모리가 더 큰 장비로 계속하세요.</translation>
    </message>
    <message>
        <source>The model {model} is not what it was when this run began.</source>
        <translation>{model} 모델이 이 실행을 시작할 때와 달라요.</translation>
    </message>
    <message>
        <source>The model {model} is not what it was when this run began: {changes}.</source>
        <translation>모델 {model}이(가) 이 실행을 시작할 때와 달라요: {changes}.</translation>
    </message>
    <message>
        <source>Begin a new run, so that all vectors are of one model.</source>
        <translation>모든 벡터가 한 모델에서 나오도록 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>Embark made a mistake ({kind}).</source>
        <translation>Embark가 실수를 했어요({kind}).</translation>
    </message>
    <message>
        <source>Continue: only what is missing is done. The log in Settings says more.</source>
        <translation>계속을 누르면 빠진 것만 해요. 설정의 기록에서 더 알아볼 수 있어요.</translation>
    </message>
    <message>
        <source>The disk of this computer is full ({path}).</source>
        <translation>이 컴퓨터의 디스크가 가득 찼어요({path}).</translation>
    </message>
    <message>
        <source>What had come home is safe, the rest is still on the machine.</source>
        <translation>내려받은 것은 안전하고, 나머지는 아직 장비에 있어요.</translation>
    </message>
    <message>
        <source>Make room, then continue.</source>
        <translation>공간을 비운 뒤 계속하세요.</translation>
    </message>
    <message>
        <source>Make room ({size} are needed), then continue.</source>
        <translation>공간을 비운 뒤({size} 필요) 계속하세요.</translation>
    </message>
    <message>
        <source>This computer does not let Embark use {path}.</source>
        <translation>이 컴퓨터에서 Embark가 {path}을(를) 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>Check that its drive is there and that you may write to it, then try again.</source>
        <translation>드라이브가 연결되어 있고 쓸 권한이 있는지 확인한 뒤 다시 해 보세요.</translation>
    </message>
    <message>
        <source>Another Embark on this computer is carrying this run out.</source>
        <translation>이 컴퓨터의 다른 Embark가 이 실행을 맡고 있어요.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>바뀐 것은 없어요.</translation>
    </message>
    <message>
        <source>Look at it there, or close that one first.</source>
        <translation>그쪽에서 보거나, 그쪽을 먼저 닫아 주세요.</translation>
    </message>
    <message>
        <source>Another run that has not ended writes into {folder}.</source>
        <translation>아직 끝나지 않은 다른 실행이 {folder}에 쓰고 있어요.</translation>
    </message>
    <message>
        <source>Nothing was started.</source>
        <translation>시작된 것은 없어요.</translation>
    </message>
    <message>
        <source>Continue or end that run first, or choose another folder.</source>
        <translation>먼저 그 실행을 계속하거나 끝내세요. 다른 폴더를 골라도 돼요.</translation>
    </message>
    <message>
        <source>The result cannot be used.</source>
        <translation>결과를 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>다른 폴더를 골라 주세요.</translation>
    </message>
    <message>
        <source>The folder {folder} is not there.</source>
        <translation>{folder} 폴더가 없어요.</translation>
    </message>
    <message>
        <source>In {folder} lies no result of a run.</source>
        <translation>{folder} 폴더에는 실행 결과가 없어요.</translation>
    </message>
    <message>
        <source>In {folder} lies the result of a time series, which has no items.</source>
        <translation>{folder}에는 시계열의 결과가 있어요. 문항은 없어요.</translation>
    </message>
    <message>
        <source>In {folder} lies the result of items, which is no time series.</source>
        <translation>{folder}에는 문항의 결과가 있어요. 시계열이 아니에요.</translation>
    </message>
    <message>
        <source>The result in {folder} is damaged.</source>
        <translation>{folder} 폴더의 결과가 손상됐어요.</translation>
    </message>
    <message>
        <source>The result in {folder} cannot be read.</source>
        <translation>{folder} 폴더의 결과를 읽을 수 없어요.</translation>
    </message>
    <message>
        <source>If its run is still in the list, continue it: damaged pieces are made again.</source>
        <translation>목록에 그 실행이 아직 있으면 계속하세요. 손상된 조각을 다시 만들어요.</translation>
    </message>
    <message>
        <source>There is something else in {folder}.</source>
        <translation>{folder}에 다른 것이 들어 있어요.</translation>
    </message>
    <message>
        <source>Nothing was written. The result is untouched.</source>
        <translation>아무것도 쓰지 않았어요. 결과는 그대로예요.</translation>
    </message>
    <message>
        <source>Choose an empty folder, or a new one.</source>
        <translation>빈 폴더나 새 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>The vectors are not what was asked for: {checks}.</source>
        <translation>벡터가 요청한 것과 달라요: {checks}.</translation>
    </message>
    <message>
        <source>They are kept, but do not use them.</source>
        <translation>그대로 두지만 쓰지는 마세요.</translation>
    </message>
    <message>
        <source>Continue: pieces that are wrong are made again.</source>
        <translation>계속을 누르면 잘못된 조각을 다시 만들어요.</translation>
    </message>
    <message>
        <source>Your files were not changed.</source>
        <translation>파일은 바뀌지 않았어요.</translation>
    </message>
    <message>
        <source>No key was changed.</source>
        <translation>바뀐 키는 없어요.</translation>
    </message>
    <message>
        <source>If a machine is rented, it goes on and is billed.</source>
        <translation>빌린 장비가 있다면 계속 켜져 있고 과금돼요.</translation>
    </message>
    <message>
        <source>Bill shows what is rented now.</source>
        <translation>지금 빌린 장비는 과금 화면에서 볼 수 있어요.</translation>
    </message>
    <message>
        <source>Your items are safe, and so is every piece that has come home.</source>
        <translation>문항도, 내려받은 조각도 모두 안전해요.</translation>
    </message>
    <message>
        <source>Continue: only what is missing is done, on a new machine if need be.</source>
        <translation>계속을 누르면 빠진 것만 하고, 필요하면 새 장비를 빌려요.</translation>
    </message>
</context>
<context>
    <name>text.failures</name>
    <message>
        <source>The disk of the machine ran full while embedding.</source>
        <translation>임베딩하는 동안 장비의 디스크가 가득 찼어요.</translation>
    </message>
    <message>
        <source>Continue on a machine with a larger disk.</source>
        <translation>디스크가 더 큰 장비에서 계속하세요.</translation>
    </message>
    <message>
        <source>The memory of the machine is too small for this model.</source>
        <translation>이 모델을 쓰기에는 장비의 메모리가 모자라요.</translation>
    </message>
    <message>
        <source>Begin a new run with more memory or a smaller model.</source>
        <translation>메모리를 늘리거나 더 작은 모델로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>The model could not be found from the machine.</source>
        <translation>장비에서 모델을 찾지 못했어요.</translation>
    </message>
    <message>
        <source>Check the name or folder of the model in a new run.</source>
        <translation>새 실행에서 모델의 이름이나 폴더를 확인해 주세요.</translation>
    </message>
    <message>
        <source>The machine cannot reach the place that models are fetched from.</source>
        <translation>장비가 모델을 받아 올 곳에 연결하지 못해요.</translation>
    </message>
    <message>
        <source>The place that models are fetched from gives nothing now: {detail}.</source>
        <translation>모델을 받아 오는 곳이 지금은 아무것도 주지 않아요: {detail}.</translation>
    </message>
    <message>
        <source>Continue in a few minutes. What was fetched already is kept on the machine.</source>
        <translation>몇 분 뒤에 계속하세요. 이미 받은 것은 장비에 남아 있어요.</translation>
    </message>
    <message>
        <source>The GPU of the machine cannot be used: {detail}.</source>
        <translation>장비의 GPU를 쓸 수 없어요: {detail}.</translation>
    </message>
    <message>
        <source>The GPU driver of the machine is too old: {detail}.</source>
        <translation>장비의 GPU 드라이버가 너무 오래됐어요: {detail}.</translation>
    </message>
    <message>
        <source>This model was found, but Embark cannot run it.</source>
        <translation>모델을 찾았지만 Embark가 돌릴 수 없어요.</translation>
    </message>
    <message>
        <source>Choose another model in a new run.</source>
        <translation>새 실행에서 다른 모델을 골라 주세요.</translation>
    </message>
    <message>
        <source>The machine lacks a package that the model needs.</source>
        <translation>장비에 모델이 필요로 하는 패키지가 없어요.</translation>
    </message>
    <message>
        <source>On the machine lies work that was made otherwise: {detail}.</source>
        <translation>장비에 다르게 만들어진 작업이 있어요: {detail}.</translation>
    </message>
    <message>
        <source>This model needs {needed} of memory; the machine has {free} free.</source>
        <translation>이 모델에는 메모리 {needed}이(가) 필요한데, 장비에는 {free}만 비어 있어요.</translation>
    </message>
    <message>
        <source>Begin a new run on a machine with {card}, or with a smaller model.</source>
        <translation>{card} 장비에서, 또는 더 작은 모델로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>Begin a new run with a larger machine or a smaller model.</source>
        <translation>더 큰 장비나 더 작은 모델로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>Computed a second time, the slow way, items came out otherwise: {detail}.</source>
        <translation>느린 방식으로 다시 계산했더니 벡터가 다르게 나온 문항이 있어요: {detail}.</translation>
    </message>
    <message>
        <source>Continue on another machine. If it happens there too, choose another model.</source>
        <translation>다른 장비에서 이어서 하세요. 거기서도 그러면 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <source>Different items came out with the same vector: {detail}.</source>
        <translation>서로 다른 문항이 같은 벡터로 나왔어요: {detail}.</translation>
    </message>
    <message>
        <source>Look at these items. If they do differ, choose another model or precision.</source>
        <translation>이 문항들을 살펴보세요. 정말 서로 다르다면 다른 모델이나 정밀도를 고르세요.</translation>
    </message>
    <message>
        <source>The model computed something that is no number: {detail}.</source>
        <translation>모델이 숫자가 아닌 값을 계산했어요: {detail}.</translation>
    </message>
    <message>
        <source>Begin a new run with the precision fp32, or with another model.</source>
        <translation>정밀도를 fp32로 하거나 다른 모델로 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>The pictures change nothing: {detail} came out the same without theirs.</source>
        <translation>그림이 아무것도 바꾸지 않아요: {detail}은(는) 그림이 없어도 똑같이 나왔어요.</translation>
    </message>
    <message>
        <source>Look at these pictures, or choose another model in a new run.</source>
        <translation>이 그림들을 살펴보거나, 새 실행에서 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <source>The machine could not read its work.</source>
        <translation>장비가 할 일을 읽지 못했어요.</translation>
    </message>
    <message>
        <source>The embedding stopped because of a fault of Embark.</source>
        <translation>Embark의 잘못으로 임베딩이 멈췄어요.</translation>
    </message>
</context>
<context>
    <name>text.findings</name>
    <message>
        <source>No item could be computed a second time before the work began.</source>
        <translation>작업을 시작하기 전에 다시 계산할 수 있는 것이 없었어요.</translation>
    </message>
    <message>
        <source>Computed a second time, one by one, before the work began: %n item(s), {alike} alike or more (1 = equal).</source>
        <translation>작업을 시작하기 전에 %Ln개를 하나씩 다시 계산했어요: 일치도 {alike} 이상 (1 = 같음).</translation>
    </message>
    <message>
        <source>Made again here: %n item(s) of the machine before, {alike} alike or more.</source>
        <translation>이전 장비에서 만든 %Ln개를 여기서 다시 만들었어요: 일치도 {alike} 이상.</translation>
    </message>
    <message>
        <source>Everything was computed in full precision: there is nothing to compare.</source>
        <translation>모두 최고 정밀도로 계산했으므로 비교할 것이 없어요.</translation>
    </message>
    <message>
        <source>Full precision did not fit into the memory of the machine.</source>
        <translation>최고 정밀도는 장비의 메모리에 들어가지 않았어요.</translation>
    </message>
    <message>
        <source>Full precision would have taken too long on this machine.</source>
        <translation>이 장비에서 최고 정밀도는 너무 오래 걸렸을 거예요.</translation>
    </message>
    <message>
        <source>There were too few items to compare.</source>
        <translation>비교하기에는 수가 너무 적었어요.</translation>
    </message>
    <message>
        <source>Computed in full precision too: %n item(s). In {precision} half of them are {median} alike or more, the least {lowest}. Of an item&apos;s {nearest} nearest, {share} stay.</source>
        <translation>%Ln개를 최고 정밀도로도 계산했어요. {precision}에서는 절반이 일치도 {median} 이상이고, 가장 낮은 것은 {lowest}이에요. 저마다 가장 가까운 {nearest}개 중 {share}가 그대로예요.</translation>
    </message>
    <message>
        <source>Without a vector: %n item(s) ({items}).</source>
        <translation>벡터가 없는 것 %Ln개 ({items}).</translation>
    </message>
    <message>
        <source>With the vector of another item that reads differently: %n item(s) ({items}).</source>
        <translation>내용이 다른 것과 벡터가 같은 것 %Ln개 ({items}).</translation>
    </message>
    <message>
        <source>With the same vector as without the picture: %n item(s) ({items}).</source>
        <translation>그림이 없을 때와 벡터가 같은 문항 %Ln개 ({items}).</translation>
    </message>
    <message>
        <source>Looking wrong: %n item(s) ({items}).</source>
        <translation>이상해 보이는 것 %Ln개 ({items}).</translation>
    </message>
</context>
<context>
    <name>text.items</name>
    <message>
        <source>Files of this kind cannot be read. Save the items as JSON, each with an id and a question, and pictures in a zip or a folder.</source>
        <translation>이런 파일은 읽지 못해요. 문항은 번호(id)와 문제가 들어 있는 JSON으로 저장하고, 그림은 zip이나 폴더에 담아 주세요.</translation>
    </message>
    <message>
        <source>{file} is not there.</source>
        <translation>{file}이(가) 없어요.</translation>
    </message>
    <message>
        <source>The folder {file} holds neither items nor pictures.</source>
        <translation>{file} 폴더에는 문항 파일도 그림도 없어요.</translation>
    </message>
    <message>
        <source>{file} is empty.</source>
        <translation>{file} 파일이 비어 있어요.</translation>
    </message>
    <message>
        <source>{file} is not JSON.</source>
        <translation>{file} 파일은 JSON이 아니에요.</translation>
    </message>
    <message>
        <source>{file} is cut off: its end is missing.</source>
        <translation>{file} 파일이 잘려 있어요. 끝부분이 없어요.</translation>
    </message>
    <message>
        <source>{file} holds no list of items.</source>
        <translation>{file} 파일에 문항 목록이 없어요.</translation>
    </message>
    <message>
        <source>The text of {file} cannot be read: it is neither UTF-8 nor CP949.</source>
        <translation>{file}의 글자를 읽을 수 없어요. UTF-8도 CP949도 아니에요.</translation>
    </message>
    <message>
        <source>{file}: the items have no id.</source>
        <translation>{file} 파일: 문항에 번호가 없어요.</translation>
    </message>
    <message>
        <source>{file} cannot be read.</source>
        <translation>{file} 파일을 읽을 수 없어요.</translation>
    </message>
    <message>
        <source>Items are JSON or JSON Lines files. Take the folder out.</source>
        <translation>문항은 JSON이나 JSON Lines 파일이에요. 이 폴더는 빼 주세요.</translation>
    </message>
    <message>
        <source>Copy or export the file again, then add it again.</source>
        <translation>파일을 다시 복사하거나 내보낸 뒤 다시 추가해 주세요.</translation>
    </message>
    <message>
        <source>Each item needs an &quot;id&quot; or &quot;item_id&quot;.</source>
        <translation>문항마다 &quot;id&quot;나 &quot;item_id&quot;가 있어야 해요.</translation>
    </message>
    <message>
        <source>The file should hold a list, or an object with &quot;items&quot;.</source>
        <translation>파일에는 목록이나 &quot;items&quot;가 있는 객체가 들어 있어야 해요.</translation>
    </message>
    <message>
        <source>Check the file, or take it out.</source>
        <translation>파일을 확인하거나 빼 주세요.</translation>
    </message>
    <message>
        <source>The place: {place}.</source>
        <translation>위치: {place}.</translation>
    </message>
    <message>
        <source>{file} is an Excel table.</source>
        <translation>{file} 파일은 엑셀 표예요.</translation>
    </message>
    <message>
        <source>{file} is a Word document.</source>
        <translation>{file} 파일은 워드 문서예요.</translation>
    </message>
    <message>
        <source>{file} is a PowerPoint file.</source>
        <translation>{file} 파일은 파워포인트 자료예요.</translation>
    </message>
    <message>
        <source>{file} is a Hangul (HWP) document.</source>
        <translation>{file} 파일은 한글(HWP) 문서예요.</translation>
    </message>
    <message>
        <source>{file} is a document such as a PDF.</source>
        <translation>{file} 파일은 PDF 같은 문서예요.</translation>
    </message>
    <message>
        <source>{file} is a program.</source>
        <translation>{file} 파일은 프로그램이에요.</translation>
    </message>
    <message>
        <source>The file is empty</source>
        <translation>빈 파일이에요</translation>
    </message>
    <message>
        <source>No items with an id in it</source>
        <translation>번호(id)가 있는 문항이 없어요</translation>
    </message>
    <message>
        <source>Not JSON, or damaged</source>
        <translation>JSON이 아니거나 망가졌어요</translation>
    </message>
    <message>
        <source>A table: items must be JSON; a time series is added by itself</source>
        <translation>표예요. 문항은 JSON이어야 하고, 시계열은 표 하나만 따로 추가해요</translation>
    </message>
    <message>
        <source>A file of this kind cannot be read</source>
        <translation>이런 파일은 읽지 못해요</translation>
    </message>
    <message>
        <source>The id {id} is there twice: {first} and {second}.</source>
        <translation>번호 {id}가 두 번 나와요: {first}, {second}.</translation>
    </message>
    <message>
        <source>%n item(s) have an id that is there already: {alike} the same again, {other} with other words.</source>
        <translation>앞에 나온 번호를 다시 쓰는 문항이 %Ln개예요. 똑같은 문항 {alike}개, 내용이 다른 문항 {other}개.</translation>
    </message>
    <message>
        <source>Choose which to keep: the first or the last.</source>
        <translation>앞의 것과 뒤의 것 가운데 무엇을 남길지 골라 주세요.</translation>
    </message>
    <message>
        <source>{file} with the pictures is not there.</source>
        <translation>그림이 든 {file} 파일이 없어요.</translation>
    </message>
    <message>
        <source>{file} is not a zip.</source>
        <translation>{file} 파일은 zip이 아니에요.</translation>
    </message>
    <message>
        <source>{file} is protected by a password.</source>
        <translation>{file} 파일이 비밀번호로 잠겨 있어요.</translation>
    </message>
    <message>
        <source>The pictures in {file} cannot be read.</source>
        <translation>{file} 안의 그림을 읽을 수 없어요.</translation>
    </message>
    <message>
        <source>Make a zip without a password, or unpack it and add the folder.</source>
        <translation>비밀번호 없는 zip을 만들거나, 풀어서 폴더를 추가해 주세요.</translation>
    </message>
    <message>
        <source>Copy or download it again. You can also go on without pictures.</source>
        <translation>다시 복사하거나 내려받아 주세요. 그림 없이 할 수도 있어요.</translation>
    </message>
    <message>
        <source>Add the zip or folder again. You can also go on without pictures.</source>
        <translation>zip이나 폴더를 다시 추가해 주세요. 그림 없이 할 수도 있어요.</translation>
    </message>
</context>
<context>
    <name>text.log</name>
    <message>
        <source>The run begins.</source>
        <translation>실행을 시작해요.</translation>
    </message>
    <message>
        <source>{items} items with {images} pictures will be embedded, in {pieces} pieces.</source>
        <translation>문항 {items}개와 그림 {images}장을 조각 {pieces}개로 나누어 임베딩해요.</translation>
    </message>
    <message>
        <source>%n thing(s) worth a look: listed in problems.csv.</source>
        <translation>살펴볼 것 %Ln가지는 problems.csv에 적어 두었어요.</translation>
    </message>
    <message>
        <source>Looking for a machine.</source>
        <translation>장비를 찾고 있어요.</translation>
    </message>
    <message>
        <source>Connecting to the machine.</source>
        <translation>장비에 연결하고 있어요.</translation>
    </message>
    <message>
        <source>Preparing the machine.</source>
        <translation>장비를 준비하고 있어요.</translation>
    </message>
    <message>
        <source>Uploading items and pictures.</source>
        <translation>문항과 그림을 올리고 있어요.</translation>
    </message>
    <message>
        <source>Embedding.</source>
        <translation>임베딩하고 있어요.</translation>
    </message>
    <message>
        <source>Bringing finished pieces home.</source>
        <translation>끝난 조각을 내려받고 있어요.</translation>
    </message>
    <message>
        <source>Checking the vectors.</source>
        <translation>벡터를 검증하고 있어요.</translation>
    </message>
    <message>
        <source>A machine is rented.</source>
        <translation>장비를 빌렸어요.</translation>
    </message>
    <message>
        <source>The connection stands.</source>
        <translation>연결됐어요.</translation>
    </message>
    <message>
        <source>The machine is ready.</source>
        <translation>장비가 준비됐어요.</translation>
    </message>
    <message>
        <source>Everything is uploaded.</source>
        <translation>모두 올렸어요.</translation>
    </message>
    <message>
        <source>Everything is embedded.</source>
        <translation>모두 임베딩했어요.</translation>
    </message>
    <message>
        <source>Every finished piece is home.</source>
        <translation>끝난 조각을 모두 내려받았어요.</translation>
    </message>
    <message>
        <source>The check is over.</source>
        <translation>검증이 끝났어요.</translation>
    </message>
    <message>
        <source>Asking for {machine} (free).</source>
        <translation>{machine} 장비를 요청했어요(무료).</translation>
    </message>
    <message>
        <source>Asking for {machine} at {rate}.</source>
        <translation>{machine} 장비를 {rate}에 요청했어요.</translation>
    </message>
    <message>
        <source>{machine} goes back: {why} The next best is taken.</source>
        <translation>{machine} 장비를 돌려줘요: {why} 그다음으로 좋은 장비를 써요.</translation>
    </message>
    <message>
        <source>Somebody else rented {machine} first. The next best is taken.</source>
        <translation>다른 사람이 {machine} 장비를 먼저 빌렸어요. 그다음으로 좋은 것을 빌려요.</translation>
    </message>
    <message>
        <source>Seeing to the machine and its bill.</source>
        <translation>장비와 과금을 확인하고 있어요.</translation>
    </message>
    <message>
        <source>Nothing of this run is rented any more.</source>
        <translation>이 실행으로 빌린 장비는 이제 없어요.</translation>
    </message>
    <message>
        <source>{step}: tried %n time(s), again in {time}.</source>
        <translation>{step}: %Ln번 시도했고 {time} 뒤에 다시 해요.</translation>
    </message>
    <message>
        <source>The cloud lists no such machine: nothing was rented.</source>
        <translation>클라우드에 그런 장비가 없어요. 빌린 것은 없어요.</translation>
    </message>
    <message>
        <source>{machine} is ours, for practice: nothing is charged.</source>
        <translation>{machine} 장비로 연습해요. 청구되는 돈은 없어요.</translation>
    </message>
    <message>
        <source>{machine} is rented from {cloud}: {rate} from now on.</source>
        <translation>{cloud}에서 {machine} 장비를 빌렸어요. 지금부터 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>The machine is not at work: its disk alone costs {rate}.</source>
        <translation>장비가 일하지 않아 디스크 요금만 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>The machine now costs {rate}.</source>
        <translation>이제 장비에 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>The cloud&apos;s own account says {money} so far.</source>
        <translation>클라우드 쪽 계산으로는 지금까지 {money}이에요.</translation>
    </message>
    <message>
        <source>The cloud&apos;s own account says {money} in all.</source>
        <translation>클라우드 쪽 계산으로는 모두 {money}이에요.</translation>
    </message>
    <message>
        <source>The guard can end the bill, and has shown it: {time} after it last heard of Embark.</source>
        <translation>지킴이가 과금을 끝낼 수 있음을 확인했어요. Embark 소식이 끊기고 {time} 뒤에 끝내요.</translation>
    </message>
    <message>
        <source>The guard could not show that it can end the bill by itself.</source>
        <translation>지킴이가 스스로 과금을 끝낼 수 있는지 확인하지 못했어요.</translation>
    </message>
    <message>
        <source>Four fifths of the limit are spent.</source>
        <translation>한도의 80%를 썼어요.</translation>
    </message>
    <message>
        <source>The limit is reached: {money}. What is finished comes home, then the bill ends.</source>
        <translation>한도에 이르렀어요: {money}. 끝난 것을 내려받은 뒤 과금을 끝내요.</translation>
    </message>
    <message>
        <source>Connected. The cloud vouches for the machine&apos;s key.</source>
        <translation>연결했어요. 장비 키를 클라우드가 확인해 줬어요.</translation>
    </message>
    <message>
        <source>Connected. The machine&apos;s key is trusted from now on and may not change.</source>
        <translation>연결했어요. 지금부터 이 장비 키를 믿고, 바뀌면 받아들이지 않아요.</translation>
    </message>
    <message>
        <source>The machine has {cores} cores, {memory} of memory and {disk} of free disk.</source>
        <translation>장비는 코어 {cores}개, 메모리 {memory}, 디스크 여유 {disk}예요.</translation>
    </message>
    <message>
        <source>GPU: {gpu}, {memory}.</source>
        <translation>GPU: {gpu}, {memory}.</translation>
    </message>
    <message>
        <source>The model was on the machine already: {size}.</source>
        <translation>모델이 이미 장비에 있었어요: {size}.</translation>
    </message>
    <message>
        <source>The model is on the machine, whole: {size}.</source>
        <translation>모델이 장비에 온전히 있어요: {size}.</translation>
    </message>
    <message>
        <source>{size} to upload.</source>
        <translation>{size}를 올려야 해요.</translation>
    </message>
    <message>
        <source>{size} arrived, and are checked.</source>
        <translation>{size}가 도착했고 검증했어요.</translation>
    </message>
    <message>
        <source>The embedding has begun on the machine.</source>
        <translation>장비에서 임베딩을 시작했어요.</translation>
    </message>
    <message>
        <source>Loading the model.</source>
        <translation>모델을 불러오고 있어요.</translation>
    </message>
    <message>
        <source>The model {model} is loaded ({time}): vectors of {dimensions} numbers.</source>
        <translation>{model} 모델을 불러왔어요({time}). 벡터는 {dimensions}차원이에요.</translation>
    </message>
    <message>
        <source>The disk of the machine is full. The work waits up to ten minutes for room; the machine costs money meanwhile.</source>
        <translation>장비의 디스크가 가득 찼어요. 자리가 날 때까지 최대 10분 동안 기다려요. 그동안에도 장비 요금은 나가요.</translation>
    </message>
    <message>
        <source>There is room on the machine&apos;s disk again: the work goes on.</source>
        <translation>장비의 디스크에 다시 자리가 생겨 작업을 이어 가요.</translation>
    </message>
    <message>
        <source>The model is larger than one card of this machine. It lies on several, of which one works at a time.</source>
        <translation>모델이 이 장비의 카드 한 장보다 커요. 여러 장에 나누어 올렸고, 한 번에 한 장씩 일해요.</translation>
    </message>
    <message>
        <source>A part of the model does not fit on the card and is brought in for every step: that is 10 to 50 times slower. A card with more memory, or a smaller model, would cost less.</source>
        <translation>모델의 일부가 카드에 들어가지 않아 단계마다 옮겨 와요. 10~50배 느려져요. 메모리가 더 큰 카드나 더 작은 모델이 비용이 적게 들어요.</translation>
    </message>
    <message>
        <source>One of the processes that embed ended by itself. Another makes its pieces; nothing is lost.</source>
        <translation>임베딩하던 프로세스 하나가 저절로 끝났어요. 다른 프로세스가 그 조각을 만들고, 잃는 것은 없어요.</translation>
    </message>
    <message>
        <source>One card of the machine failed again and again. The others go on without it, more slowly.</source>
        <translation>장비의 카드 한 장이 거듭 실패했어요. 나머지 카드가 더 느리게 이어 가요.</translation>
    </message>
    <message>
        <source>The worker on the machine says: {words}</source>
        <translation>장비의 작업 프로그램이 알려요: {words}</translation>
    </message>
    <message>
        <source>Piece {number} is home and checked: {rows} vectors.</source>
        <translation>조각 {number}번을 내려받고 검증했어요. 벡터 {rows}개예요.</translation>
    </message>
    <message>
        <source>%n item(s) left out or without picture: see problems.csv.</source>
        <translation>제외하거나 그림을 뺀 문항 %Ln개는 problems.csv에 있어요.</translation>
    </message>
    <message>
        <source>Piece {number} is damaged or gone on this computer. It is brought or made again.</source>
        <translation>이 컴퓨터의 조각 {number}번이 손상됐거나 없어졌어요. 다시 내려받거나 만들어요.</translation>
    </message>
    <message>
        <source>The check found something wrong: {checks}.</source>
        <translation>검증에서 잘못된 것을 찾았어요: {checks}.</translation>
    </message>
    <message>
        <source>Checked: {items} vectors of {dimensions} numbers, all in order.</source>
        <translation>검증했어요. {dimensions}차원 벡터 {items}개에 모두 문제가 없어요.</translation>
    </message>
    <message>
        <source>You asked to pause.</source>
        <translation>일시 중지를 눌렀어요.</translation>
    </message>
    <message>
        <source>Paused. The machine is kept.</source>
        <translation>일시 중지했어요. 장비는 그대로 둬요.</translation>
    </message>
    <message>
        <source>You asked to continue.</source>
        <translation>계속을 눌렀어요.</translation>
    </message>
    <message>
        <source>You asked to stop.</source>
        <translation>멈추기를 눌렀어요.</translation>
    </message>
    <message>
        <source>Waiting for your word. %n piece(s): only on the machine.</source>
        <translation>답을 기다려요. 조각 %Ln개가 장비에만 있어요.</translation>
    </message>
    <message>
        <source>Waiting for your word about the machine.</source>
        <translation>장비를 어떻게 할지 답을 기다려요.</translation>
    </message>
    <message>
        <source>You asked to destroy the machine.</source>
        <translation>장비 완전 삭제를 눌렀어요.</translation>
    </message>
    <message>
        <source>You keep the machine.</source>
        <translation>장비를 그대로 두기로 했어요.</translation>
    </message>
    <message>
        <source>Machine #{id} is being destroyed.</source>
        <translation>장비 #{id} 완전 삭제를 시작했어요.</translation>
    </message>
    <message>
        <source>Machine #{id} is destroyed; the cloud confirms it.</source>
        <translation>장비 #{id} 완전 삭제를 마쳤고, 클라우드가 확인했어요.</translation>
    </message>
    <message>
        <source>The run is finished. Nothing is being billed.</source>
        <translation>실행이 끝났어요. 과금 중인 것은 없어요.</translation>
    </message>
    <message>
        <source>The run ended before it was complete. Nothing is being billed.</source>
        <translation>실행이 다 끝나기 전에 멈췄어요. 과금 중인 것은 없어요.</translation>
    </message>
    <message>
        <source>{size} uploaded.</source>
        <translation>{size} 올렸어요.</translation>
    </message>
    <message>
        <source>{part} of the model are on the machine.</source>
        <translation>모델 {part}가 장비에 있어요.</translation>
    </message>
    <message>
        <source>{part} items embedded, {rate}.</source>
        <translation>문항 {part} 임베딩, {rate}.</translation>
    </message>
    <message>
        <source>Memory {memory}, at work {percent}.</source>
        <translation>메모리 {memory}, 사용률 {percent}.</translation>
    </message>
</context>
<context>
    <name>text.names</name>
    <message>
        <source>this computer (practice)</source>
        <translation>이 컴퓨터(연습)</translation>
    </message>
    <message>
        <source>your own machine</source>
        <translation>내 장비</translation>
    </message>
    <message>
        <source>Rent</source>
        <translation>대여</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>연결</translation>
    </message>
    <message>
        <source>Prepare</source>
        <translation>준비</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>올리기</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>임베딩</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>내려받기</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>Destroy</source>
        <translation>완전 삭제</translation>
    </message>
    <message>
        <source>Number of vectors</source>
        <translation>벡터 수</translation>
    </message>
    <message>
        <source>Each id once</source>
        <translation>번호마다 한 번씩</translation>
    </message>
    <message>
        <source>In the order of your items</source>
        <translation>문항과 같은 순서</translation>
    </message>
    <message>
        <source>Dimension</source>
        <translation>차원</translation>
    </message>
    <message>
        <source>Not a number, infinite</source>
        <translation>수가 아니거나 무한대</translation>
    </message>
    <message>
        <source>Length 1.000</source>
        <translation>길이 1.000</translation>
    </message>
    <message>
        <source>Not all vectors alike</source>
        <translation>벡터가 서로 다름</translation>
    </message>
    <message>
        <source>Same vector, different items</source>
        <translation>벡터가 같은 다른 문항</translation>
    </message>
    <message>
        <source>Same fingerprint here as there</source>
        <translation>장비와 같은 지문</translation>
    </message>
    <message>
        <source>model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>revision</source>
        <translation>개정판</translation>
    </message>
    <message>
        <source>files of the model</source>
        <translation>모델 파일</translation>
    </message>
    <message>
        <source>recipe</source>
        <translation>레시피</translation>
    </message>
    <message>
        <source>instruction</source>
        <translation>지시문</translation>
    </message>
    <message>
        <source>precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>dimensions</source>
        <translation>차원</translation>
    </message>
    <message>
        <source>most tokens</source>
        <translation>최대 토큰 수</translation>
    </message>
    <message>
        <source>most pixels</source>
        <translation>최대 픽셀 수</translation>
    </message>
    <message>
        <source>how many</source>
        <translation>개수</translation>
    </message>
    <message>
        <source>size of a piece</source>
        <translation>조각 크기</translation>
    </message>
    <message>
        <source>what is embedded</source>
        <translation>임베딩할 내용</translation>
    </message>
    <message>
        <source>all</source>
        <translation>모두</translation>
    </message>
</context>
<context>
    <name>text.places</name>
    <message>
        <source>Argentina</source>
        <translation>아르헨티나</translation>
    </message>
    <message>
        <source>Austria</source>
        <translation>오스트리아</translation>
    </message>
    <message>
        <source>Australia</source>
        <translation>호주</translation>
    </message>
    <message>
        <source>Belgium</source>
        <translation>벨기에</translation>
    </message>
    <message>
        <source>Bulgaria</source>
        <translation>불가리아</translation>
    </message>
    <message>
        <source>Brazil</source>
        <translation>브라질</translation>
    </message>
    <message>
        <source>Canada</source>
        <translation>캐나다</translation>
    </message>
    <message>
        <source>Switzerland</source>
        <translation>스위스</translation>
    </message>
    <message>
        <source>China</source>
        <translation>중국</translation>
    </message>
    <message>
        <source>Czechia</source>
        <translation>체코</translation>
    </message>
    <message>
        <source>Germany</source>
        <translation>독일</translation>
    </message>
    <message>
        <source>Denmark</source>
        <translation>덴마크</translation>
    </message>
    <message>
        <source>Estonia</source>
        <translation>에스토니아</translation>
    </message>
    <message>
        <source>Spain</source>
        <translation>스페인</translation>
    </message>
    <message>
        <source>Finland</source>
        <translation>핀란드</translation>
    </message>
    <message>
        <source>France</source>
        <translation>프랑스</translation>
    </message>
    <message>
        <source>United Kingdom</source>
        <translation>영국</translation>
    </message>
    <message>
        <source>Hong Kong</source>
        <translation>홍콩</translation>
    </message>
    <message>
        <source>Hungary</source>
        <translation>헝가리</translation>
    </message>
    <message>
        <source>India</source>
        <translation>인도</translation>
    </message>
    <message>
        <source>Iceland</source>
        <translation>아이슬란드</translation>
    </message>
    <message>
        <source>Italy</source>
        <translation>이탈리아</translation>
    </message>
    <message>
        <source>Japan</source>
        <translation>일본</translation>
    </message>
    <message>
        <source>South Korea</source>
        <translation>대한민국</translation>
    </message>
    <message>
        <source>Malaysia</source>
        <translation>말레이시아</translation>
    </message>
    <message>
        <source>Netherlands</source>
        <translation>네덜란드</translation>
    </message>
    <message>
        <source>Norway</source>
        <translation>노르웨이</translation>
    </message>
    <message>
        <source>Poland</source>
        <translation>폴란드</translation>
    </message>
    <message>
        <source>Portugal</source>
        <translation>포르투갈</translation>
    </message>
    <message>
        <source>Romania</source>
        <translation>루마니아</translation>
    </message>
    <message>
        <source>Sweden</source>
        <translation>스웨덴</translation>
    </message>
    <message>
        <source>Singapore</source>
        <translation>싱가포르</translation>
    </message>
    <message>
        <source>Slovenia</source>
        <translation>슬로베니아</translation>
    </message>
    <message>
        <source>Thailand</source>
        <translation>태국</translation>
    </message>
    <message>
        <source>Taiwan</source>
        <translation>대만</translation>
    </message>
    <message>
        <source>Ukraine</source>
        <translation>우크라이나</translation>
    </message>
    <message>
        <source>United States</source>
        <translation>미국</translation>
    </message>
    <message>
        <source>Vietnam</source>
        <translation>베트남</translation>
    </message>
    <message>
        <source>South Africa</source>
        <translation>남아프리카 공화국</translation>
    </message>
</context>
<context>
    <name>text.plan_files</name>
    <message>
        <source>In the plan file, {field} must be a text.</source>
        <translation>계획 파일의 {field} 값은 글이어야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be a list of texts.</source>
        <translation>계획 파일의 {field} 값은 글의 목록이어야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be a whole number.</source>
        <translation>계획 파일의 {field} 값은 정수여야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be a list of whole numbers.</source>
        <translation>계획 파일에서 {field}은(는) 정수의 목록이어야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be a number.</source>
        <translation>계획 파일의 {field} 값은 수여야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be true or false.</source>
        <translation>계획 파일의 {field} 값은 true나 false여야 해요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} must be a table: [{field}].</source>
        <translation>계획 파일의 {field} 값은 표여야 해요: [{field}].</translation>
    </message>
    <message>
        <source>Did you mean {hint}?</source>
        <translation>혹시 {hint} 아닌가요?</translation>
    </message>
    <message>
        <source>Possible is: {hint}.</source>
        <translation>쓸 수 있는 값: {hint}.</translation>
    </message>
    <message>
        <source>The plan file has a key that nobody knows: {field}.</source>
        <translation>계획 파일에 알 수 없는 항목이 있어요: {field}.</translation>
    </message>
    <message>
        <source>The plan file does not say {field}.</source>
        <translation>계획 파일에 {field} 항목이 없어요.</translation>
    </message>
    <message>
        <source>In the plan file, {field} is not possible.</source>
        <translation>계획 파일의 {field} 값은 쓸 수 없어요.</translation>
    </message>
    <message>
        <source>The plan file has both [{field}] and [{hint}].</source>
        <translation>계획 파일에 [{field}]와 [{hint}]가 함께 있어요.</translation>
    </message>
    <message>
        <source>Take one of the two out.</source>
        <translation>둘 중 하나를 빼 주세요.</translation>
    </message>
    <message>
        <source>{file} is not a plan file: it is not text.</source>
        <translation>{file} 파일은 계획 파일이 아니에요. 글이 아니에요.</translation>
    </message>
    <message>
        <source>{file} is not there, or may not be read.</source>
        <translation>{file} 파일이 없거나 읽을 수 없어요.</translation>
    </message>
    <message>
        <source>The plan file cannot be read: {problem}.</source>
        <translation>계획 파일을 읽을 수 없어요: {problem}.</translation>
    </message>
    <message>
        <source>The plan cannot be used: {field}: {problem}.</source>
        <translation>계획을 쓸 수 없어요: {field}: {problem}.</translation>
    </message>
</context>
<context>
    <name>text.problems</name>
    <message>
        <source>{file}, item {item}</source>
        <translation>{file}의 {item}번째 문항</translation>
    </message>
    <message>
        <source>line {line}, last whole item {item}{id}</source>
        <translation>{line}번째 줄, 온전한 마지막 문항은 {item}번째{id}</translation>
    </message>
    <message>
        <source>line {line}{column}</source>
        <translation>{line}번째 줄{column}</translation>
    </message>
    <message>
        <source>{place}, word for word the same</source>
        <translation>{place}, 내용이 똑같음</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>무엇이 문제인지</translation>
    </message>
    <message>
        <source>What becomes of the item</source>
        <translation>문항은 어떻게 되는지</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>위치</translation>
    </message>
    <message>
        <source>More</source>
        <translation>자세히</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Embedded</source>
        <translation>임베딩</translation>
    </message>
    <message>
        <source>Embedded without its end</source>
        <translation>뒷부분을 빼고 임베딩</translation>
    </message>
    <message>
        <source>No item is concerned</source>
        <translation>문항과는 상관없음</translation>
    </message>
    <message>
        <source>Text only</source>
        <translation>글로만 임베딩</translation>
    </message>
    <message>
        <source>has no id</source>
        <translation>번호(id)가 없음</translation>
    </message>
    <message>
        <source>the id is too long</source>
        <translation>번호(id)가 너무 긺</translation>
    </message>
    <message>
        <source>is not JSON</source>
        <translation>JSON이 아님</translation>
    </message>
    <message>
        <source>is no item: names and values are missing</source>
        <translation>문항이 아님: 이름과 값이 없음</translation>
    </message>
    <message>
        <source>is nested too deeply</source>
        <translation>너무 깊이 겹쳐 있음</translation>
    </message>
    <message>
        <source>Picture is nowhere to be found: embedded as text</source>
        <translation>그림을 찾지 못함: 글로만 임베딩</translation>
    </message>
    <message>
        <source>Says it has a picture, names none: embedded as text</source>
        <translation>그림이 있다는데 이름이 없음: 글로만 임베딩</translation>
    </message>
    <message>
        <source>Picture cut off: embedded as text</source>
        <translation>그림이 잘림: 글로만 임베딩</translation>
    </message>
    <message>
        <source>Picture cannot be read: embedded as text</source>
        <translation>그림을 읽을 수 없음: 글로만 임베딩</translation>
    </message>
    <message>
        <source>Picture far too large: embedded as text</source>
        <translation>그림이 지나치게 큼: 글로만 임베딩</translation>
    </message>
    <message>
        <source>Transparent picture: put on white</source>
        <translation>투명한 그림: 흰 바탕에 얹음</translation>
    </message>
    <message>
        <source>Two pictures of one name: the first is used</source>
        <translation>이름이 같은 그림이 둘: 앞의 것을 씀</translation>
    </message>
    <message>
        <source>Picture with an unsafe name: never opened</source>
        <translation>이름이 안전하지 않은 그림: 열지 않음</translation>
    </message>
    <message>
        <source>Empty item: left out</source>
        <translation>빈 문항: 제외</translation>
    </message>
    <message>
        <source>Not an item, or without an id: left out</source>
        <translation>문항이 아니거나 번호가 없음: 제외</translation>
    </message>
    <message>
        <source>Id was there twice: left out, as you chose</source>
        <translation>번호가 두 번 나옴: 고른 대로 제외</translation>
    </message>
    <message>
        <source>The same item was there twice: left out</source>
        <translation>똑같은 문항이 두 번 나옴: 제외</translation>
    </message>
    <message>
        <source>Longer than the model can read: cut</source>
        <translation>모델이 읽기에 너무 김: 뒷부분 자름</translation>
    </message>
    <message>
        <source>The model gave no usable vector: left out</source>
        <translation>모델이 쓸 수 있는 벡터를 주지 않음: 제외</translation>
    </message>
    <message>
        <source>Same vector as another item that reads differently</source>
        <translation>내용이 다른 문항과 벡터가 같음</translation>
    </message>
    <message>
        <source>The picture changes nothing in the vector</source>
        <translation>그림이 벡터에 아무 영향도 주지 않음</translation>
    </message>
</context>
<context>
    <name>text.series</name>
    <message>
        <source>A prompt is longer than the model can read.</source>
        <translation>모델이 읽을 수 있는 것보다 긴 프롬프트가 있어요.</translation>
    </message>
    <message>
        <source>With output length {length} a prompt has {tokens} tokens, and the model reads {limit}. Nothing was cut.</source>
        <translation>예측 길이 {length}에서 프롬프트가 {tokens}토큰인데, 모델은 {limit}토큰까지 읽어요. 아무것도 자르지 않았어요.</translation>
    </message>
    <message>
        <source>{file} is not there.</source>
        <translation>{file}이(가) 없어요.</translation>
    </message>
    <message>
        <source>The text of {file} cannot be read: it is neither UTF-8 nor CP949.</source>
        <translation>{file}의 글자를 읽을 수 없어요. UTF-8도 CP949도 아니에요.</translation>
    </message>
    <message>
        <source>{file} is larger than a table of numbers can be.</source>
        <translation>{file} 파일은 숫자 표라고 하기에는 너무 커요.</translation>
    </message>
    <message>
        <source>The first line of {file} must name a column of dates and others, each once.</source>
        <translation>{file}의 첫 줄에는 날짜 열과 다른 열의 이름이 한 번씩 있어야 해요.</translation>
    </message>
    <message>
        <source>Line {line} of {file} has more or fewer columns than the first.</source>
        <translation>{file} {line}번째 줄의 열 개수가 첫 줄과 달라요.</translation>
    </message>
    <message>
        <source>Line {line} of {file} does not begin with a date that is understood.</source>
        <translation>{file} {line}번째 줄이 알아볼 수 있는 날짜로 시작하지 않아요.</translation>
    </message>
    <message>
        <source>Line {line} of {file} holds no number in the column {column}.</source>
        <translation>{file} {line}번째 줄의 {column} 열에 숫자가 없어요.</translation>
    </message>
    <message>
        <source>The dates in {file} must go on in equal steps.</source>
        <translation>{file}의 날짜는 같은 간격으로 이어져야 해요.</translation>
    </message>
    <message>
        <source>{file} cannot be read as a table.</source>
        <translation>{file}을(를) 표로 읽을 수 없어요.</translation>
    </message>
    <message>
        <source>Mend the file, or choose another.</source>
        <translation>파일을 고치거나 다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>A table is read as a time series with dates. Items must be JSON.</source>
        <translation>표는 날짜가 있는 시계열로 읽어요. 문항은 JSON이어야 해요.</translation>
    </message>
    <message>
        <source>Use output lengths up to {longest}, or a model that reads longer texts.</source>
        <translation>예측 길이를 {longest}까지로 줄이거나, 더 긴 글을 읽는 모델을 쓰세요.</translation>
    </message>
    <message>
        <source>Use a shorter history, or a model that reads longer texts.</source>
        <translation>과거 길이를 줄이거나, 더 긴 글을 읽는 모델을 쓰세요.</translation>
    </message>
</context>
<context>
    <name>text.states</name>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Run of {moment}</source>
        <translation>{moment} 실행</translation>
    </message>
    <message>
        <source>Finished: all {items} vectors are on this computer and checked.</source>
        <translation>끝났어요. 벡터 {items}개가 모두 이 컴퓨터에 있고 검증도 마쳤어요.</translation>
    </message>
    <message>
        <source>Nothing is being billed.</source>
        <translation>과금 중인 것은 없어요.</translation>
    </message>
    <message>
        <source>Paused. What is done is kept; continue when you like.</source>
        <translation>일시 중지했어요. 끝난 것은 그대로 있으니 원할 때 계속하세요.</translation>
    </message>
    <message>
        <source>Paused. What is done is kept, and {machine} still costs {rate}.</source>
        <translation>일시 중지했어요. 끝난 것은 그대로 있고, {machine} 장비는 여전히 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Not everything is on this computer. Look before you destroy the machine.</source>
        <translation>아직 이 컴퓨터에 없는 것이 있어요. 장비를 완전 삭제하기 전에 살펴보세요.</translation>
    </message>
    <message>
        <source>All that is finished is on this computer. One thing is left: the machine.</source>
        <translation>끝난 것은 모두 이 컴퓨터에 있어요. 남은 것은 장비뿐이에요.</translation>
    </message>
    <message>
        <source>The practice machine is kept. It is free, and takes room on this computer&apos;s disk.</source>
        <translation>연습 장비를 그대로 두었어요. 무료이고, 이 컴퓨터의 디스크를 차지해요.</translation>
    </message>
    <message>
        <source>{machine} is kept and costs {rate} until you destroy it.</source>
        <translation>{machine} 장비를 그대로 두었어요. 완전 삭제할 때까지 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Not complete; it can be continued.</source>
        <translation>다 끝나지 않았고, 계속할 수 있어요.</translation>
    </message>
    <message>
        <source>Destroying {machine}, and waiting until {cloud} confirms it.</source>
        <translation>{machine} 장비를 완전 삭제하고 있어요. {cloud} 쪽의 확인을 기다려요.</translation>
    </message>
    <message>
        <source>{cloud} is asked for its bill; you need not wait for it.</source>
        <translation>{cloud}의 청구 내역을 확인하고 있어요. 기다리지 않아도 돼요.</translation>
    </message>
    <message>
        <source>Pausing: what is under way is finished first.</source>
        <translation>일시 중지하는 중이에요. 하던 것을 먼저 끝내요.</translation>
    </message>
    <message>
        <source>Stopping: what is finished is brought home, then you are asked about the machine.</source>
        <translation>멈추는 중이에요. 끝난 것을 내려받은 다음, 장비를 어떻게 할지 물어봐요.</translation>
    </message>
    <message>
        <source>It cannot go on. What is finished is being brought home.</source>
        <translation>더 할 수 없어요. 끝난 것을 내려받고 있어요.</translation>
    </message>
    <message>
        <source>Stopping.</source>
        <translation>멈추는 중이에요.</translation>
    </message>
    <message>
        <source>It cannot go on.</source>
        <translation>계속할 수 없어요.</translation>
    </message>
    <message>
        <source>Asking {cloud} about {machine}.</source>
        <translation>{cloud}에 {machine} 장비의 상태를 확인하고 있어요.</translation>
    </message>
    <message>
        <source>Asking {cloud} whether a machine was rented.</source>
        <translation>{cloud}에 빌린 장비가 있는지 확인하고 있어요.</translation>
    </message>
    <message>
        <source>Waiting.</source>
        <translation>기다리고 있어요.</translation>
    </message>
    <message>
        <source>Tried %n time(s); again at {clock}.</source>
        <translation>%Ln번 시도했고, {clock}에 다시 해요.</translation>
    </message>
    <message>
        <source>Starting.</source>
        <translation>시작하고 있어요.</translation>
    </message>
    <message>
        <source>Reading your items.</source>
        <translation>문항을 읽고 있어요.</translation>
    </message>
    <message>
        <source>Renting a machine.</source>
        <translation>장비를 빌리고 있어요.</translation>
    </message>
    <message>
        <source>Waiting until {machine} is up, then connecting.</source>
        <translation>{machine} 장비가 켜지기를 기다렸다가 연결해요.</translation>
    </message>
    <message>
        <source>{machine} fetches the model.</source>
        <translation>{machine} 장비가 모델을 받고 있어요.</translation>
    </message>
    <message>
        <source>{machine} fetches the model while your items are uploaded.</source>
        <translation>문항을 올리는 동안 {machine} 장비가 모델을 받고 있어요.</translation>
    </message>
    <message>
        <source>Preparing {machine}: what the model needs is set up.</source>
        <translation>{machine} 장비를 준비하고 있어요. 모델에 필요한 것을 갖추는 중이에요.</translation>
    </message>
    <message>
        <source>Preparing {machine} and uploading your items.</source>
        <translation>{machine} 장비를 준비하면서 문항을 올리고 있어요.</translation>
    </message>
    <message>
        <source>Loading the model on {machine}.</source>
        <translation>{machine} 장비에서 모델을 불러오고 있어요.</translation>
    </message>
    <message>
        <source>The disk of {machine} is full: the work waits for room, and the machine is billed.</source>
        <translation>{machine} 장비의 디스크가 가득 찼어요. 자리가 날 때까지 기다리고, 그동안에도 과금돼요.</translation>
    </message>
    <message>
        <source>Embedding on {machine}.</source>
        <translation>{machine} 장비에서 임베딩하고 있어요.</translation>
    </message>
    <message>
        <source>Finished pieces are already coming home.</source>
        <translation>끝난 조각은 벌써 내려받고 있어요.</translation>
    </message>
    <message>
        <source>Bringing the last pieces home.</source>
        <translation>마지막 조각을 내려받고 있어요.</translation>
    </message>
    <message>
        <source>Checking every vector.</source>
        <translation>벡터를 하나하나 검증하고 있어요.</translation>
    </message>
    <message>
        <source>Looking after the machine.</source>
        <translation>장비를 마무리하고 있어요.</translation>
    </message>
    <message>
        <source>Somebody else was faster with {machine}.</source>
        <translation>{machine} 장비는 다른 사람이 먼저 빌렸어요.</translation>
    </message>
    <message>
        <source>{machine} was given back: {why}</source>
        <translation>{machine} 장비를 돌려주었어요: {why}</translation>
    </message>
    <message>
        <source>Nothing to do.</source>
        <translation>하실 일은 없어요.</translation>
    </message>
    <message>
        <source>Nothing to do; you may close the lid.</source>
        <translation>하실 일은 없어요. 노트북을 덮어도 괜찮아요.</translation>
    </message>
    <message>
        <source>Practice: nothing was charged.</source>
        <translation>연습이라 청구된 돈은 없어요.</translation>
    </message>
    <message>
        <source>{money} was spent so far, and {machine} still costs {rate}.</source>
        <translation>지금까지 {money}를 썼고, {machine} 장비는 여전히 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>{money} was spent so far. {machine} costs {rate} at work, {disk} now.</source>
        <translation>지금까지 {money}를 썼어요. {machine} 장비는 일할 때 {rate}, 지금은 {disk}씩 들어요.</translation>
    </message>
    <message>
        <source>Embark makes sure that nothing is billed.</source>
        <translation>Embark가 과금 중인 것이 없는지 확인할게요.</translation>
    </message>
    <message>
        <source>Whether a machine was rented is not known yet; Embark is finding out.</source>
        <translation>장비를 빌렸는지 아직 알 수 없어요. Embark가 알아보고 있어요.</translation>
    </message>
    <message>
        <source>{money} was spent, and nothing is being billed now.</source>
        <translation>{money}를 썼고, 지금 과금 중인 것은 없어요.</translation>
    </message>
    <message>
        <source>asks you</source>
        <translation>물어봐요</translation>
    </message>
    <message>
        <source>waits until {clock}</source>
        <translation>{clock}까지 대기</translation>
    </message>
    <message>
        <source>Cannot tell: no answer (since {clock})</source>
        <translation>알 수 없음: 응답 없음({clock}부터)</translation>
    </message>
    <message>
        <source>Cannot tell yet: asking {cloud}</source>
        <translation>아직 알 수 없음: {cloud}에 확인 중</translation>
    </message>
    <message>
        <source>did not work</source>
        <translation>되지 않음</translation>
    </message>
    <message>
        <source>Everything is on this computer and checked. One thing is left: the machine.</source>
        <translation>모두 이 컴퓨터에 있고 검증도 마쳤어요. 남은 것은 장비 하나예요.</translation>
    </message>
    <message>
        <source>Continue with up to {money} in all</source>
        <translation>모두 최대 {money}까지 계속</translation>
    </message>
    <message>
        <source>Continue with a disk of {size}</source>
        <translation>디스크 {size}로 계속</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Not complete: its limit is spent. With a higher one it can be continued.</source>
        <translation>아직 완료되지 않았고, 한도를 다 썼어요. 한도를 올리면 계속할 수 있어요.</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>건너뜀</translation>
    </message>
    <message>
        <source>all green</source>
        <translation>모두 정상</translation>
    </message>
    <message>
        <source>see below</source>
        <translation>아래를 보세요</translation>
    </message>
    <message>
        <source>as it goes</source>
        <translation>되는 대로</translation>
    </message>
    <message>
        <source>waits for you</source>
        <translation>답을 기다려요</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>그대로 둠</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시 중지</translation>
    </message>
    <message>
        <source>{time} so far</source>
        <translation>지금까지 {time}</translation>
    </message>
    <message>
        <source>{cloud} credit: {money}</source>
        <translation>{cloud} 잔액: {money}</translation>
    </message>
    <message>
        <source>Cannot tell: {cloud} does not answer (since {clock})</source>
        <translation>알 수 없음: {cloud} 쪽에서 응답이 없어요({clock}부터)</translation>
    </message>
    <message>
        <source>Cannot tell: the key for {cloud} is missing (since {clock})</source>
        <translation>알 수 없음: {cloud} 키가 없음({clock}부터)</translation>
    </message>
    <message>
        <source>Cannot tell: {cloud} does not accept the key (since {clock})</source>
        <translation>알 수 없음: {cloud} 쪽에서 키를 받아 주지 않아요({clock}부터)</translation>
    </message>
    <message>
        <source>Cannot tell: the key for {cloud} is locked away (since {clock})</source>
        <translation>알 수 없음: {cloud} 키를 꺼낼 수 없어요({clock}부터)</translation>
    </message>
    <message>
        <source>Asking what is being billed...</source>
        <translation>과금 중인 것을 확인하고 있어요…</translation>
    </message>
    <message>
        <source>%n practice machine(s), free</source>
        <translation>연습 장비 %Ln대, 무료</translation>
    </message>
    <message>
        <source>%n machine(s) that Embark did not rent, {rate}</source>
        <translation>Embark가 빌리지 않은 장비 %Ln대, {rate}</translation>
    </message>
    <message>
        <source>%n machine(s), {rate}</source>
        <translation>장비 %Ln대, {rate}</translation>
    </message>
    <message>
        <source>{money} so far</source>
        <translation>지금까지 {money}</translation>
    </message>
    <message>
        <source>Nothing is being billed</source>
        <translation>과금 중인 장비 없음</translation>
    </message>
    <message>
        <source>Embark has nothing that is billed</source>
        <translation>Embark가 빌린 장비 없음</translation>
    </message>
    <message>
        <source>%n machine(s) will go on being billed</source>
        <translation>장비 %Ln대가 계속 과금돼요</translation>
    </message>
    <message>
        <source>{machines} costs {rate} while Embark is closed. A run that is under way goes on there, and Embark takes it up again at its next start; until then nobody watches its limit.</source>
        <translation>Embark를 닫아 둔 동안 {machines} 장비에 {rate}씩 들어요. 진행 중인 실행은 그곳에서 계속되고, Embark를 다시 열면 이어받아요. 그때까지는 아무도 한도를 지켜보지 않아요.</translation>
    </message>
    <message>
        <source>{machines} costs {rate} while Embark is closed. A run that is under way goes on there, and Embark takes it up again at its next start. If that is not within {time}, or the limit is reached before, the guard on the machine stops it.</source>
        <translation>Embark를 닫아도 {machines} 장비에 {rate}씩 들어요. 진행 중인 실행은 그곳에서 계속되고, Embark를 다시 켜면 이어서 해요. {time} 안에 켜지 않거나 그 전에 한도에 이르면 장비의 지킴이가 장비를 멈춰요.</translation>
    </message>
    <message>
        <source>No run is under way there. {machines} waits for you and costs {rate} until destroyed.</source>
        <translation>그곳에서 진행 중인 실행은 없어요. {machines} 장비는 답을 기다릴 뿐이고, 완전 삭제할 때까지 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>Everything is home. {machines} is not needed any more and costs {rate} until destroyed.</source>
        <translation>모두 이 컴퓨터에 있어요. {machines} 장비는 더 필요 없고, 완전 삭제할 때까지 {rate}씩 들어요.</translation>
    </message>
    <message>
        <source>A practice run is under way</source>
        <translation>연습 실행이 진행 중이에요</translation>
    </message>
    <message>
        <source>The embedding goes on while Embark is closed; everything else waits for the next start. Nothing is lost and nothing is charged.</source>
        <translation>Embark를 닫아도 임베딩은 계속되고, 나머지는 다시 열 때까지 기다려요. 잃는 것도 청구되는 것도 없어요.</translation>
    </message>
</context>
<context>
    <name>text.troubles</name>
    <message>
        <source>The text template has a lone bracket: write {{ or }} for one that stays.</source>
        <translation>글 틀에 짝이 없는 괄호가 있어요. 괄호를 그대로 두려면 {{ 나 }} 로 쓰세요.</translation>
    </message>
    <message>
        <source>Nobody knows this model. Did you mean {name}?</source>
        <translation>알 수 없는 모델이에요. 혹시 {name} 아닌가요?</translation>
    </message>
    <message>
        <source>This model needs {memory} of memory, and this computer has less.</source>
        <translation>이 모델에는 메모리 {memory}이(가) 필요한데, 이 컴퓨터는 그보다 적어요.</translation>
    </message>
    <message>
        <source>This model needs {memory} of memory, and the chosen GPUs have less.</source>
        <translation>이 모델에는 메모리 {memory}이(가) 필요한데, 고른 GPU는 그보다 적어요.</translation>
    </message>
    <message>
        <source>Choose a smaller model.</source>
        <translation>더 작은 모델을 고르세요.</translation>
    </message>
    <message>
        <source>Rent a machine with {card}, or choose a smaller model.</source>
        <translation>{card} 장비를 빌리거나 더 작은 모델을 고르세요.</translation>
    </message>
    <message>
        <source>Add the files with your items first.</source>
        <translation>먼저 문항이 든 파일을 추가해 주세요.</translation>
    </message>
    <message>
        <source>The items are still being read.</source>
        <translation>아직 문항을 읽고 있어요.</translation>
    </message>
    <message>
        <source>The items could not be read. Mend or take out the file.</source>
        <translation>문항을 읽지 못했어요. 파일을 고치거나 빼 주세요.</translation>
    </message>
    <message>
        <source>There is not one item with text or a picture in it.</source>
        <translation>글이나 그림이 있는 문항이 하나도 없어요.</translation>
    </message>
    <message>
        <source>Not one window fits into this part of the file. Use a shorter history or shorter output lengths.</source>
        <translation>파일의 이 부분에는 구간이 하나도 들어가지 않아요. 과거 길이나 예측 길이를 줄이세요.</translation>
    </message>
    <message>
        <source>A time series is read by a text model. Choose one of the cards.</source>
        <translation>시계열은 글 모델이 읽어요. 카드 중 하나를 고르세요.</translation>
    </message>
    <message>
        <source>A time series has its own way of being read: take {detail} out of the plan.</source>
        <translation>시계열은 읽는 방법이 정해져 있어요. 계획에서 {detail} 값을 빼 주세요.</translation>
    </message>
    <message>
        <source>The text template names {detail}, which no item has.</source>
        <translation>글 틀에 적힌 {detail} 항목이 어떤 문항에도 없어요.</translation>
    </message>
    <message>
        <source>The text template must name {{question}} or {{choices}}, else all items read the same.</source>
        <translation>글 틀에 {{question}}이나 {{choices}}가 있어야 해요. 없으면 모든 문항이 똑같이 읽혀요.</translation>
    </message>
    <message>
        <source>Nobody knows this model. Choose one of the cards.</source>
        <translation>알 수 없는 모델이에요. 카드 가운데 하나를 골라 주세요.</translation>
    </message>
    <message>
        <source>There is no model in {detail}.</source>
        <translation>{detail} 폴더에 모델이 없어요.</translation>
    </message>
    <message>
        <source>The precision must be one of {detail}.</source>
        <translation>정밀도는 다음 가운데 하나여야 해요: {detail}.</translation>
    </message>
    <message>
        <source>In fp16 the numbers of this model overflow, and there are no vectors. Choose one of {detail}.</source>
        <translation>fp16에서는 이 모델의 수가 넘쳐서 벡터가 나오지 않아요. {detail} 중에서 고르세요.</translation>
    </message>
    <message>
        <source>This model makes vectors of {detail} numbers.</source>
        <translation>이 모델이 만드는 벡터의 차원: {detail}.</translation>
    </message>
    <message>
        <source>Machines can be rented from: {detail}.</source>
        <translation>장비를 빌릴 수 있는 곳: {detail}.</translation>
    </message>
    <message>
        <source>{detail} needs a key first: give it in Accounts.</source>
        <translation>{detail} 키가 먼저 필요해요. 계정에서 넣어 주세요.</translation>
    </message>
    <message>
        <source>No machine fits. Ask for less, or allow a higher price.</source>
        <translation>맞는 장비가 없어요. 조건을 낮추거나 더 높은 가격을 허용해 주세요.</translation>
    </message>
    <message>
        <source>The disk is too small: this run needs {detail}.</source>
        <translation>디스크가 작아요. 이 실행에는 {detail}가 필요해요.</translation>
    </message>
    <message>
        <source>The limit is below what the run will cost, about {detail}.</source>
        <translation>한도가 예상 비용(약 {detail})보다 적어요.</translation>
    </message>
    <message>
        <source>Set a limit above zero.</source>
        <translation>한도를 0보다 크게 정해 주세요.</translation>
    </message>
    <message>
        <source>The machine must be let go on for {detail} minutes or more.</source>
        <translation>장비가 계속해도 되는 시간은 {detail}분 이상이어야 해요.</translation>
    </message>
    <message>
        <source>Choose a folder for the result.</source>
        <translation>결과를 둘 폴더를 골라 주세요.</translation>
    </message>
    <message>
        <source>Embark may not write in {detail}. Choose another.</source>
        <translation>{detail} 폴더에 쓸 수 없어요. 다른 곳을 골라 주세요.</translation>
    </message>
    <message>
        <source>There is a result in {detail} already. Choose another.</source>
        <translation>{detail} 폴더에 이미 결과가 있어요. 다른 곳을 골라 주세요.</translation>
    </message>
    <message>
        <source>This computer&apos;s disk lacks {detail}. Make room first.</source>
        <translation>이 컴퓨터의 디스크가 {detail} 모자라요. 먼저 공간을 비워 주세요.</translation>
    </message>
</context>
<context>
    <name>widgets.step_strip</name>
    <message>
        <source>{first} + {second}</source>
        <translation>{first} + {second}</translation>
    </message>
</context>
</TS>
